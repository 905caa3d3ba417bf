import { randomBytes } from 'node:crypto';
import { Module, type OnApplicationBootstrap, type OnApplicationShutdown, Inject } from '@nestjs/common';
import {
  connectKafka,
  KafkaOwnershipHint,
  KafkaRecordReader,
  KafkaRecordWriter,
  kafkaSnapshots,
  KafkaTopics,
} from '@millrace/kafka';
import { CLOCK, CONFIG, Health, JOURNAL, LogBirths, METRICS } from '@millrace/nest-kit';
import { topicsOf } from '@millrace/protocol';
import {
  DispatchLoop,
  dispatchMetrics,
  LogItems,
  snapshotMetrics,
  type Clock,
  type Journal,
  type Metrics,
} from '@millrace/runtime';
import type { DispatcherConfig } from './config.js';
import { Dispatcher } from './dispatcher.js';

/** Everything that a dispatcher is made of. */
@Module({
  providers: [
    {
      provide: Dispatcher,
      inject: [CONFIG, CLOCK, JOURNAL, Health, METRICS],
      useFactory: (
        config: DispatcherConfig,
        clock: Clock,
        journal: Journal,
        health: Health,
        metrics: Metrics,
      ): Dispatcher => {
        const by = `dispatcher-${randomBytes(8).toString('hex')}`;
        const prefix = config.MILLRACE_TOPICS_PREFIX;
        const kafka = connectKafka({ brokers: config.MILLRACE_KAFKA_BROKERS, clientId: by, journal });
        const writer = new KafkaRecordWriter(kafka);
        const logReader = new KafkaRecordReader(kafka);
        const heartbeatReader = new KafkaRecordReader(kafka);
        const itemReader = new KafkaRecordReader(kafka);
        const topics = topicsOf(prefix);
        const snapshots = kafkaSnapshots(kafka, {
          ...{ topics, writer, clock, journal, content: 'state' },
          everyEntries: config.MILLRACE_SNAPSHOT_EVERY_ENTRIES,
          everyMs: config.MILLRACE_SNAPSHOT_EVERY_MS,
        });
        const births = new LogBirths({
          reader: new KafkaRecordReader(kafka),
          prefix,
          uses: ({ log, workers, control, manifests, snapshots }) => [log, workers, control, manifests, snapshots],
          check: (plans) => new KafkaTopics(kafka).check(plans),
          clock,
          journal,
        });
        const loop = new DispatchLoop({
          topics,
          logReader,
          heartbeatReader,
          items: new LogItems(itemReader, topics.log),
          writer,
          ownership: new KafkaOwnershipHint(kafka, { prefix, group: 'dispatchers' }),
          clock,
          journal,
          by,
          nonce: () => randomBytes(16).toString('hex'),
          snapshots,
          soundness: births.soundness,
          sessionMs: config.MILLRACE_DISPATCHER_WORKER_SESSION_MS,
        });
        metrics.expose(dispatchMetrics, loop);
        metrics.expose(snapshotMetrics, snapshots.keeper.tally);
        return new Dispatcher({
          births,
          loop,
          health,
          close: [
            () => snapshots.recovery.close(),
            () => writer.close(),
            () => logReader.close(),
            () => heartbeatReader.close(),
            () => itemReader.close(),
          ],
        });
      },
    },
  ],
})
export class DispatcherModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Dispatcher) private readonly dispatcher: Dispatcher) {}

  onApplicationBootstrap(): void {
    this.dispatcher.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.dispatcher.stop();
  }
}
