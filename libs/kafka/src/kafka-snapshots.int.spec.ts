import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { runIdOf, silent } from '@millrace/domain';
import { claimed, singleRequested } from '@millrace/domain/testing';
import { planTopics, topicsOf } from '@millrace/protocol';
import {
  ensureBorn,
  LogWriter,
  PartitionFold,
  SnapshotKeeper,
  SnapshotRecovery,
  type Clock,
  type RecordReader,
} from '@millrace/runtime';
import { quietJournal, snapshotStoreContract } from '@millrace/runtime/testing';
import { connectKafka } from './connect-kafka.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { KafkaRecordWriter } from './kafka-record-writer.js';
import { kafkaSnapshotStore } from './kafka-snapshots.js';
import { KafkaTopics } from './kafka-topics.js';

const journal = quietJournal();
const connection = connectKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'int', journal });
const clock: Clock = {
  now: () => Date.now(),
  uptimeMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

async function made() {
  const prefix = `int-${randomUUID()}`;
  await new KafkaTopics(connection).apply(planTopics({ prefix, logPartitions: 2, taskPartitions: 1, queues: [] }));
  const topics = topicsOf(prefix);
  const writer = new KafkaRecordWriter(connection);
  return { topics, writer, store: kafkaSnapshotStore(connection, { topics, writer, journal }) };
}

snapshotStoreContract('TopicSnapshotStore on Kafka', async () => {
  const { topics, writer, store } = await made();
  const reader = new KafkaRecordReader(connection);
  return {
    store,
    writeManifest: async (partition, value) => void (await writer.append(topics.manifests, partition, [{ value }])),
    firstChunk: async (partition) => (await reader.bounds(topics.snapshots, partition)).start,
    close: async () => void (await Promise.all([writer.close(), reader.close()])),
  };
});

async function foldTo(reader: RecordReader, topic: string, fold: PartitionFold): Promise<number> {
  const { end } = await reader.bounds(topic, fold.partition);
  let folded = 0;
  while (fold.position < end) {
    const [fetched] = await reader.fetch([{ topic, partition: fold.partition, offset: fold.position }], 5_000);
    for (const record of fetched?.records ?? []) if (fold.take(record, silent) === 'folded') folded += 1;
  }
  return folded;
}

it('a partition with 20,000 active runs is taken, stored and recovered, folding only what came after', async () => {
  const { topics, writer, store } = await made();
  const reader = new KafkaRecordReader(connection);
  const nonce = () => 'c'.repeat(32);
  await ensureBorn({ reader, writer, topic: topics.log, partitions: 2, cluster: 'int', clock, nonce });
  const log = new LogWriter({ writer, topic: topics.log, by: 'int', clock, journal });
  const requests = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      singleRequested({}, { run: runIdOf(0, (from + index).toString(16).padStart(32, '0')), input: { number: index } }),
    );
  await log.append(0, [claimed()]);
  await log.append(0, requests(1, 20_000));
  const fold = new PartitionFold(0);
  const all = await foldTo(reader, topics.log, fold);
  const keeper = new SnapshotKeeper({ store, content: 'state', clock, journal, everyEntries: 1 });
  keeper.consider(fold);
  await keeper.idle();
  await log.append(0, requests(30_001, 5));
  await foldTo(reader, topics.log, fold);

  const recovery = new SnapshotRecovery({ store, reader: new KafkaRecordReader(connection), topics, journal });
  const startedAt = performance.now();
  const recovered = (await recovery.recover(0, 'state')).fold;
  const tail = await foldTo(reader, topics.log, recovered);
  const tookMs = performance.now() - startedAt;
  expect(recovered.state.runs.size).toBe(20_005);
  expect([recovered.position, recovered.state.hash]).toEqual([fold.position, fold.state.hash]);
  expect(tail).toBeLessThan(all);
  expect(tail).toBe(fold.position - recovered.resumedAt);
  expect(tookMs).toBeLessThan(20_000);
  await log.stop();
  await Promise.all([recovery.close(), reader.close()]);
  await writer.close();
});
