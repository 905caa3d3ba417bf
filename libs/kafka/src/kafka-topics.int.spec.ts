import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { planTopics, topicsOf } from '@millrace/protocol';
import { LogUnavailable } from '@millrace/runtime';
import { quietJournal } from '@millrace/runtime/testing';
import { connectKafka } from './connect-kafka.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { KafkaRecordWriter } from './kafka-record-writer.js';
import { KafkaTopics } from './kafka-topics.js';

const journal = quietJournal();
const connection = connectKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'int', journal });
const topics = new KafkaTopics(connection);
const plansOf = (prefix: string, logPartitions = 2) =>
  planTopics({ prefix, logPartitions, taskPartitions: 3, queues: ['default'] });
const kindsOf = async (plans: ReturnType<typeof plansOf>) =>
  new Set((await topics.plan(plans)).flatMap(({ faults }) => faults.map(({ kind }) => kind)));

it('plans what is missing, creates it, and finds nothing to do the second time', async () => {
  const plans = plansOf(`int-${randomUUID()}`);
  expect(await kindsOf(plans)).toEqual(new Set(['missing']));
  await expect(topics.check(plans)).rejects.toThrow('Run: millrace topics apply');
  expect((await topics.apply(plans)).flatMap(({ faults }) => faults)).toEqual([]);
  await topics.apply(plans);
  await topics.check(plans);
});

it('says what is wrong with a topic that somebody else made, and changes nothing', async () => {
  const prefix = `int-${randomUUID()}`;
  const { log } = topicsOf(prefix);
  const admin = connection.admin();
  await admin.connect();
  const configEntries = [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'message.timestamp.type', value: 'CreateTime' },
    { name: 'max.message.bytes', value: '1000' },
  ];
  await admin.createTopics({ topics: [{ topic: log, numPartitions: 5, configEntries }] });
  await admin.disconnect();
  const [review] = await topics.apply(plansOf(prefix));
  const kinds = review?.faults.map(({ kind }) => kind);
  expect(kinds).toEqual(['partition-count', 'compacted', 'timestamp-type', 'message-size', 'retention']);
  const sentence = `Expected topic ${log} to have 2 partitions, but found 5.`;
  await expect(topics.check(plansOf(prefix))).rejects.toThrow(sentence);
});

it('names the cluster', async () => {
  expect(await topics.clusterId()).toMatch(/\S+/);
});

it('shows a tombstone and a transaction marker as records without value', async () => {
  const prefix = `int-${randomUUID()}`;
  await topics.apply(plansOf(prefix));
  const writer = new KafkaRecordWriter(connection);
  const reader = new KafkaRecordReader(connection);
  const { log } = topicsOf(prefix);
  const kafka = await import('kafkajs');
  const producer = new kafka.Kafka({ brokers: [...connection.brokers], logLevel: kafka.logLevel.NOTHING }).producer({
    transactionalId: prefix,
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: kafka.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({
    topic: log,
    messages: [
      { partition: 0, value: 'foreign' },
      { partition: 0, value: null },
    ],
  });
  await transaction.commit();
  await producer.disconnect();
  while ((await reader.bounds(log, 0)).end < 3);
  await writer.append(log, 0, [{ value: Buffer.from('ours') }]);
  const texts: (string | undefined)[] = [];
  while (texts.length < 4) {
    for (const { records } of await reader.fetch([{ topic: log, partition: 0, offset: texts.length }], 5_000)) {
      for (const { offset, value } of records) texts[offset] = value && Buffer.from(value).toString();
    }
  }
  expect(texts).toEqual(['foreign', undefined, undefined, 'ours']);
  await reader.close();
  await writer.close();
});

it('says within its bounds that nobody answers', async () => {
  const nobody = connectKafka({ brokers: ['127.0.0.1:1'], clientId: 'int', journal });
  const reader = new KafkaRecordReader(nobody);
  const writer = new KafkaRecordWriter(nobody);
  await expect(reader.fetch([{ topic: 't', partition: 0, offset: 0 }], 100)).rejects.toBeInstanceOf(LogUnavailable);
  await expect(reader.bounds('t', 0)).rejects.toBeInstanceOf(LogUnavailable);
  await expect(writer.append('t', 0, [{ value: Buffer.from('a') }])).rejects.toBeInstanceOf(LogUnavailable);
  await expect(new KafkaTopics(nobody).clusterId()).rejects.toBeInstanceOf(LogUnavailable);
  await reader.close();
  await writer.close();
});
