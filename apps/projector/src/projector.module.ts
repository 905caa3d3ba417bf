import { randomBytes } from 'node:crypto';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  connectKafka,
  KafkaOwnershipHint,
  KafkaRecordReader,
  KafkaRecordWriter,
  kafkaSnapshots,
  KafkaTopics,
} from '@millrace/kafka';
import { CLOCK, CONFIG, Health, JOURNAL, LogBirths, METRICS, OwnHeartbeat } from '@millrace/nest-kit';
import { PgProjectionStore } from '@millrace/postgres';
import { topicsOf } from '@millrace/protocol';
import {
  ProjectionLoop,
  projectionMetrics,
  snapshotMetrics,
  type Clock,
  type Journal,
  type Metrics,
} from '@millrace/runtime';
import type { ProjectorConfig } from './config.js';
import { Projector } from './projector.js';

/** Everything that a projector is made of. */
@Module({
  providers: [
    {
      provide: Projector,
      inject: [CONFIG, CLOCK, JOURNAL, Health, METRICS],
      useFactory: (
        config: ProjectorConfig,
        clock: Clock,
        journal: Journal,
        health: Health,
        metrics: Metrics,
      ): Projector => {
        const id = `projector-${randomBytes(8).toString('hex')}`;
        const prefix = config.MILLRACE_TOPICS_PREFIX;
        const topics = topicsOf(prefix);
        const kafka = connectKafka({ brokers: config.MILLRACE_KAFKA_BROKERS, clientId: id, journal });
        const reader = new KafkaRecordReader(kafka);
        const writer = new KafkaRecordWriter(kafka);
        const store = new PgProjectionStore({ databaseUrl: config.DATABASE_URL });
        const ownership = new KafkaOwnershipHint(kafka, { prefix, group: 'projectors' });
        const snapshots = kafkaSnapshots(kafka, {
          ...{ topics, writer, clock, journal, content: 'projection' },
          everyEntries: config.MILLRACE_SNAPSHOT_EVERY_ENTRIES,
          everyMs: config.MILLRACE_SNAPSHOT_EVERY_MS,
        });
        const births = new LogBirths({
          reader: new KafkaRecordReader(kafka),
          prefix,
          uses: ({ log, manifests, snapshots }) => [log, manifests, snapshots],
          check: (plans) => new KafkaTopics(kafka).check(plans),
          clock,
          journal,
        });
        const loop = new ProjectionLoop({
          ...{ topics, reader, store, ownership, clock, journal, snapshots },
          soundness: births.soundness,
        });
        metrics.expose(projectionMetrics, loop);
        metrics.expose(snapshotMetrics, snapshots.keeper.tally);
        const heartbeat = new OwnHeartbeat({
          kind: 'projector',
          id,
          writer,
          prefix,
          clock,
          journal,
          standing: () => loop.standing,
        });
        return new Projector({
          births,
          loop,
          heartbeat,
          health,
          close: [() => snapshots.recovery.close(), () => store.close(), () => reader.close(), () => writer.close()],
        });
      },
    },
  ],
})
export class ProjectorModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  onApplicationBootstrap(): void {
    this.projector.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.projector.stop();
  }
}
