import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CLOCK, CONFIG, Health, JOURNAL, METRICS } from '@millrace/nest-kit';
import type { Clock, Journal, Metrics } from '@millrace/runtime';
import { createWorker } from '@millrace/worker';
import type { HostedHandler } from './hosted-handlers.js';
import type { WorkerConfig } from './worker-config.js';
import { WorkerHost } from './worker-host.js';
import { workerMetrics } from './worker-metrics.js';

/** Of the time that the service has to stop, what handlers may take; the rest is for their reports. */
const drainShare = 0.7;

/** Everything that the worker host is made of. */
@Module({})
export class WorkerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(WorkerHost) private readonly host: WorkerHost) {}

  static serving(handlers: ReadonlyMap<string, HostedHandler>): DynamicModule {
    return {
      module: WorkerModule,
      providers: [
        {
          provide: WorkerHost,
          inject: [CONFIG, JOURNAL, Health, CLOCK, METRICS],
          useFactory: (
            config: WorkerConfig,
            journal: Journal,
            health: Health,
            clock: Clock,
            metrics: Metrics,
          ): WorkerHost => {
            const { MILLRACE_WORKER_THREADS: threads, MILLRACE_WORKER_SLOTS: slots } = config;
            const worker = createWorker({
              brokers: config.MILLRACE_KAFKA_BROKERS,
              prefix: config.MILLRACE_TOPICS_PREFIX,
              queues: config.MILLRACE_WORKER_QUEUES,
              slots: threads > 0 ? Math.min(threads, slots) : slots,
              ...(threads > 0 && { threads }),
              creditsMax: config.MILLRACE_WORKER_CREDITS_MAX,
              drainMs: Math.floor(config.MILLRACE_DRAIN_MS * drainShare),
              exitWhenHopeless: true,
              handlersModule: config.MILLRACE_WORKER_HANDLERS,
              journal,
            });
            for (const [name, { options, handler }] of handlers) worker.handle(name, options, handler);
            metrics.expose(workerMetrics, worker);
            return new WorkerHost(worker, health, journal, clock);
          },
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.host.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.host.stop();
  }
}
