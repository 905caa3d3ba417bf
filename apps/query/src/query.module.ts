import { randomBytes } from 'node:crypto';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { connectKafka, KafkaRecordReader } from '@millrace/kafka';
import { CLOCK, CONFIG, Health, JOURNAL, METRICS } from '@millrace/nest-kit';
import { ReadModel } from '@millrace/postgres';
import { topicsOf } from '@millrace/protocol';
import type { Clock, Journal, Metrics } from '@millrace/runtime';
import { DatabaseProbe } from './database-probe.js';
import { Reads } from './http/reads.js';
import { RunsController } from './http/runs.controller.js';
import { SqlController } from './http/sql.controller.js';
import { TailController } from './http/tail.controller.js';
import { SystemController } from './http/system.controller.js';
import { WorkflowsController } from './http/workflows.controller.js';
import type { QueryConfig } from './query-config.js';
import { LogBounds } from './partitions/log-bounds.js';
import { PartitionsController } from './http/partitions.controller.js';
import { ServiceDirectory } from './partitions/service-directory.js';
import { Query } from './query.js';
import { queryMetrics } from './query-metrics.js';
import { Tails } from './tail/tails.js';
import { WorkerDirectory } from './workers/worker-directory.js';
import { tailHeartbeats } from './workers/tail-heartbeats.js';

/** Everything that query is made of. */
@Module({
  controllers: [
    RunsController,
    TailController,
    WorkflowsController,
    SystemController,
    PartitionsController,
    SqlController,
  ],
  providers: [
    { provide: WorkerDirectory, useFactory: () => new WorkerDirectory() },
    { provide: ServiceDirectory, useFactory: () => new ServiceDirectory() },
    {
      provide: Tails,
      inject: [CONFIG, JOURNAL, METRICS],
      useFactory: (config: QueryConfig, journal: Journal, metrics: Metrics) => {
        const tails = new Tails(config.MILLRACE_QUERY_TAILS_MAX, journal);
        metrics.expose(queryMetrics, { tails });
        return tails;
      },
    },
    {
      provide: Reads,
      inject: [CONFIG, CLOCK],
      useFactory: (config: QueryConfig, clock: Clock) =>
        new Reads(
          new ReadModel({
            databaseUrl: config.DATABASE_URL,
            clock,
            connectionsMax: config.MILLRACE_QUERY_CONNECTIONS_MAX,
            answerMsMax: config.MILLRACE_QUERY_ANSWER_MS,
          }),
        ),
    },
    {
      provide: LogBounds,
      inject: [CONFIG, CLOCK, JOURNAL],
      useFactory: (config: QueryConfig, clock: Clock, journal: Journal) => {
        const clientId = `query-bounds-${randomBytes(8).toString('hex')}`;
        const kafka = connectKafka({ brokers: config.MILLRACE_KAFKA_BROKERS, clientId, journal });
        return new LogBounds(new KafkaRecordReader(kafka), topicsOf(config.MILLRACE_TOPICS_PREFIX).log, clock);
      },
    },
    {
      provide: Query,
      inject: [CONFIG, CLOCK, JOURNAL, Health, Reads, WorkerDirectory, ServiceDirectory, LogBounds],
      useFactory: (
        config: QueryConfig,
        clock: Clock,
        journal: Journal,
        health: Health,
        { model }: Reads,
        workers: WorkerDirectory,
        services: ServiceDirectory,
        bounds: LogBounds,
      ): Query => {
        const clientId = `query-${randomBytes(8).toString('hex')}`;
        const reader = new KafkaRecordReader(
          connectKafka({ brokers: config.MILLRACE_KAFKA_BROKERS, clientId, journal }),
        );
        const topic = topicsOf(config.MILLRACE_TOPICS_PREFIX).workers;
        const tail = tailHeartbeats({ reader, topic, hearers: [workers, services], clock, journal });
        const probe = new DatabaseProbe(model, clock, journal);
        return new Query({ model, probe, tail, health, close: () => bounds.close() });
      },
    },
  ],
})
export class QueryModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Query) private readonly query: Query) {}

  onApplicationBootstrap(): void {
    this.query.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.query.stop();
  }
}
