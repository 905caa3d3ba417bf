import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MillraceServer } from '@millrace/nestjs';
import { AppModule } from './app.module.js';

/** The service: HTTP for its callers, and a Millrace worker for its tasks. `app.close()` drains the worker. */
export async function createApp(): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    logger: ['error'],
  });
  app.connectMicroservice({ strategy: app.get(MillraceServer) });
  app.enableShutdownHooks();
  return app;
}
