import { Logger, Module } from '@nestjs/common';
import { MillraceModule } from '@millrace/nestjs';
import { MailsController } from './mails.controller.js';
import { SignupsController } from './signups.controller.js';

const logger = new Logger('Millrace');

@Module({
  imports: [
    MillraceModule.forRootAsync({
      useFactory: () => ({
        client: { url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' },
        worker: {
          brokers: process.env['MILLRACE_KAFKA_BROKERS'] ?? '127.0.0.1:9092',
          prefix: process.env['MILLRACE_TOPICS_PREFIX'] ?? 'millrace',
          journal: {
            info: (_fields, message) => logger.debug(message),
            warn: (_fields, message) => logger.warn(message),
            error: (_fields, message) => logger.error(message),
          },
        },
      }),
    }),
  ],
  controllers: [SignupsController, MailsController],
})
export class AppModule {}
