import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock, Journal } from '@millrace/runtime';
import type { CommonConfig } from './config/service-config.js';
import { Health } from './health/health.js';
import { fastifyAdapter, type HttpOptions } from './http/fastify-adapter.js';
import { ProblemFilter } from './http/problem-filter.js';
import { httpMetrics, HttpTally } from './metrics/http-tally.js';
import { PromMetrics } from './metrics/prom-metrics.js';
import { serviceMetrics } from './metrics/service-metrics.js';
import { nestLogger } from './logging/nest-logger.js';
import { pinoJournal } from './logging/pino-journal.js';
import { ServiceModule } from './service-module.js';
import { systemClock } from './system-clock.js';
import { version } from './version.js';

export interface ServiceOptions<C extends CommonConfig = CommonConfig> {
  /** Field `service` of every line. */
  readonly name: string;
  /** May inject CONFIG, JOURNAL, CLOCK, METRICS and Health. */
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
  readonly metrics: PromMetrics;
}

/** The Nest application of a service, wired and not listening. Specs use it; processes use `startService`. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { name, module, config, clock = systemClock } = options;
  const journal = options.journal ?? pinoJournal(name, config.LOG_LEVEL);
  const health = new Health(clock, config.MILLRACE_STALL_MS);
  const [metrics, http] = [new PromMetrics(), new HttpTally()];
  metrics.expose(serviceMetrics, { name, version, health });
  metrics.expose(httpMetrics, http);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceModule.around(module, { config, journal, clock, health, metrics }),
    fastifyAdapter(options.http ?? {}, http),
    { logger: nestLogger(journal), bodyParser: false, abortOnError: false },
  );
  app.useGlobalFilters(new ProblemFilter(journal));
  await options.prepare?.(app);
  return { app, health, journal, metrics };
}
