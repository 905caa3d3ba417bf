import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock, Journal } from '@millrace/runtime';
import type { CommonConfig } from './config/service-config.js';
import { Health } from './health/health.js';
import { fastifyAdapter, type HttpOptions } from './http/fastify-adapter.js';
import { ProblemFilter } from './http/problem-filter.js';
import { nestLogger } from './logging/nest-logger.js';
import { pinoJournal } from './logging/pino-journal.js';
import { ServiceModule } from './service-module.js';
import { systemClock } from './system-clock.js';

export interface ServiceOptions<C extends CommonConfig = CommonConfig> {
  /** Field `service` of every line. */
  readonly name: string;
  /** May inject CONFIG, JOURNAL, CLOCK and Health. */
  readonly module: Type | DynamicModule;
  readonly config: C;
  readonly http?: HttpOptions;
  /** Called before the service listens, for instance to describe its API. */
  readonly prepare?: (app: NestFastifyApplication) => void | Promise<void>;
  /** Default: pino lines on standard output. */
  readonly journal?: Journal;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

export interface Service {
  readonly app: NestFastifyApplication;
  readonly health: Health;
  readonly journal: Journal;
}

/** The Nest application of a service, wired and not listening. Specs use it; processes use `startService`. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { name, module, config, clock = systemClock } = options;
  const journal = options.journal ?? pinoJournal(name, config.LOG_LEVEL);
  const health = new Health(clock, config.MILLRACE_STALL_MS);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceModule.around(module, { config, journal, clock, health }),
    fastifyAdapter(options.http ?? {}),
    { logger: nestLogger(journal), bodyParser: false, abortOnError: false },
  );
  app.useGlobalFilters(new ProblemFilter(journal));
  await options.prepare?.(app);
  return { app, health, journal };
}
