import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { planTopics, topicsOf } from '@millrace/protocol';
import {
  ownershipHintContract,
  quietJournal,
  recordReaderContract,
  recordWriterContract,
  taskSourceContract,
  type GroupUnderTest,
  type LogUnderTest,
  type TaskGroupUnderTest,
} from '@millrace/runtime/testing';
import { connectKafka } from './connect-kafka.js';
import { KafkaOwnershipHint } from './kafka-ownership-hint.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { KafkaRecordWriter } from './kafka-record-writer.js';
import { KafkaTaskSource } from './kafka-task-source.js';
import { KafkaTopics } from './kafka-topics.js';

const connection = connectKafka({
  brokers: inject('kafkaBrokers').split(','),
  clientId: 'int',
  journal: quietJournal(),
});

async function freshPrefix(logPartitions: number, queues: readonly string[] = []): Promise<string> {
  const prefix = `int-${randomUUID()}`;
  await new KafkaTopics(connection).apply(planTopics({ prefix, logPartitions, taskPartitions: 4, queues }));
  return prefix;
}

async function makeLog(): Promise<LogUnderTest> {
  const { log } = topicsOf(await freshPrefix(2));
  const writer = new KafkaRecordWriter(connection);
  return { reader: new KafkaRecordReader(connection), writer, topic: log, close: () => writer.close() };
}

async function makeGroup(): Promise<GroupUnderTest> {
  const prefix = await freshPrefix(8);
  return { partitions: 8, member: () => new KafkaOwnershipHint(connection, { prefix, group: 'dispatchers' }) };
}

async function makeTaskGroup(): Promise<TaskGroupUnderTest> {
  const prefix = await freshPrefix(1, ['default']);
  const topics = [topicsOf(prefix).tasks('default', 'high'), topicsOf(prefix).tasks('default', 'low')];
  const writer = new KafkaRecordWriter(connection);
  const source = () => new KafkaTaskSource(connection, { prefix, queues: ['default'] });
  return { queue: 'default', topics, writer, source, close: () => writer.close() };
}

recordReaderContract('KafkaRecordReader', makeLog);
recordWriterContract('KafkaRecordWriter', makeLog);
ownershipHintContract('KafkaOwnershipHint', makeGroup);
taskSourceContract('KafkaTaskSource', makeTaskGroup);
