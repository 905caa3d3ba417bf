import { randomBytes, randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { planTopics, topicsOf, type TopicPlan, type Topics } from '@millrace/protocol';
import { DispatchLoop, ensureBorn, LogItems, LogSoundness, LogUnsound, type Clock } from '@millrace/runtime';
import { InMemoryGroup, InMemoryOwnershipHint, quietJournal } from '@millrace/runtime/testing';
import { connectKafka } from './connect-kafka.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { KafkaRecordWriter } from './kafka-record-writer.js';
import { KafkaTopics } from './kafka-topics.js';

const journal = quietJournal();
const connection = connectKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'int', journal });
const partitions = 2;
const topicResource = 2;
const clock: Clock = {
  now: () => Date.now(),
  uptimeMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
/** The soundness has a clock of its own, which the specs put forward. */
let aheadMs = 0;
let admin: Admin;
let plan: TopicPlan;
const kafkaTopics = new KafkaTopics(connection);
let topics: Topics;
let hint: InMemoryOwnershipHint;
let loop: DispatchLoop;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  const prefix = `int-${randomUUID()}`;
  topics = topicsOf(prefix);
  admin = connection.admin();
  await admin.connect();
  const plans = planTopics({ prefix, logPartitions: partitions, taskPartitions: 1, queues: ['default'] });
  plan = plans.find(({ topic }) => topic === topics.log)!;
  await kafkaTopics.apply(plans);
  const readers = Array.from({ length: 4 }, () => new KafkaRecordReader(connection));
  const [reader, logReader, heartbeatReader, itemReader] = readers as [KafkaRecordReader, ...KafkaRecordReader[]];
  const writer = new KafkaRecordWriter(connection);
  const nonce = () => randomBytes(16).toString('hex');
  const [birth] = await ensureBorn({ reader, writer, topic: topics.log, partitions, cluster: 'c', clock, nonce });
  const soundness = new LogSoundness({
    ...{ reader, topic: topics.log, born: () => birth },
    clock: { ...clock, uptimeMs: () => clock.uptimeMs() + aheadMs },
    checkTopic: () => kafkaTopics.check([plan]),
  });
  hint = new InMemoryOwnershipHint(new InMemoryGroup(0));
  loop = new DispatchLoop({
    ...{ topics, logReader: logReader!, heartbeatReader: heartbeatReader!, writer, ownership: hint, clock, journal },
    ...{ items: new LogItems(itemReader!, topics.log), by: 'd', nonce, soundness },
  });
  await loop.start();
  hint.assign([0]);
  closing = [() => loop.stop(), ...[...readers, writer, admin].map((each) => () => close(each))];
  await expect.poll(phases, { timeout: 20_000 }).toEqual({ 0: 'owning' });
});

afterEach(async () => {
  for (const close of closing) await close();
});

const close = (each: { close(): Promise<void> } | Admin): Promise<void> =>
  'close' in each ? each.close() : each.disconnect();
const phases = () => Object.fromEntries(loop.partitions.map(({ partition, phase }) => [partition, phase]));
const cleanup = (value: string) =>
  admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: topicResource,
        name: topics.log,
        configEntries: [
          { name: 'cleanup.policy', value },
          { name: 'retention.ms', value: '-1' },
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
          { name: 'max.message.bytes', value: String(1_024 * 1_024) },
        ],
      },
    ],
  });
/** What is known of the topic is some seconds old by then. */
async function takenOver(state: string): Promise<void> {
  aheadMs += 60_000;
  hint.assign([0, 1]);
  await expect.poll(() => phases()[1], { timeout: 20_000 }).toBe(state);
}
const faultSeen = (kind: string) =>
  expect
    .poll(async () => (await kafkaTopics.plan([plan])).flatMap(({ faults }) => faults.map((fault) => fault.kind)))
    .toContain(kind);

it('halts a take-over of a log that is compacted, until it is not', async () => {
  await cleanup('compact');
  await faultSeen('compacted');
  await takenOver('halted');
  expect(loop.faults).toEqual([expect.any(LogUnsound)]);
  expect(loop.faults[0]!.message).toContain(`Expected topic ${topics.log} to have cleanup.policy=delete`);
  expect(phases()[0]).toBe('owning');
  await cleanup('delete');
  await expect.poll(phases, { timeout: 30_000 }).toEqual({ 0: 'owning', 1: 'owning' });
});

it('halts a take-over of a log that has got more partitions', async () => {
  await admin.createPartitions({ topicPartitions: [{ topic: topics.log, count: 3 }] });
  await faultSeen('partition-count');
  await takenOver('halted');
  expect(loop.faults[0]!.message).toContain(`Expected topic ${topics.log} to have 2 partitions, but found 3.`);
  expect(phases()[0]).toBe('owning');
});
