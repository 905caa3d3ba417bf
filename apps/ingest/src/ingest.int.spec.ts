import { randomBytes, randomUUID } from 'node:crypto';
import { createService, readConfig, systemClock, type Service } from '@millrace/nest-kit';
import { connectKafka, KafkaRecordReader, KafkaRecordWriter, KafkaTopics } from '@millrace/kafka';
import { decodeFrame, planTopics, topicsOf, type TopicPlan } from '@millrace/protocol';
import { ensureBorn } from '@millrace/runtime';
import { quietJournal } from '@millrace/runtime/testing';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { ingestConfig } from './ingest-config.js';
import { ingestService } from './ingest-service.js';
import { kafkaIngestLog } from './log/kafka-ingest-log.js';

const brokers = inject('kafkaBrokers');
const connection = connectKafka({ brokers: brokers.split(','), clientId: 'spec', journal: quietJournal() });
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const plansOf = (prefix: string): TopicPlan[] =>
  planTopics({ prefix, logPartitions: 3, taskPartitions: 1, queues: ['default'] }).filter(
    ({ topic }) => !/snapshots|manifests/.test(topic),
  );

async function apply(plans: readonly TopicPlan[]): Promise<void> {
  await new KafkaTopics(connection).apply(plans);
}

async function birth(prefix: string, partitions = 3): Promise<void> {
  const reader = new KafkaRecordReader(connection);
  const writer = new KafkaRecordWriter(connection);
  const nonce = (): string => randomBytes(16).toString('hex');
  const topic = topicsOf(prefix).log;
  await ensureBorn({ reader, writer, topic, partitions, cluster: 'c', clock: systemClock, nonce });
  await Promise.all([reader.close(), writer.close()]);
}

async function start(prefix: string, address: string = brokers): Promise<Service> {
  const config = readConfig(ingestConfig, { MILLRACE_KAFKA_BROKERS: address, MILLRACE_TOPICS_PREFIX: prefix });
  const options = ingestService(config, ({ MILLRACE_KAFKA_BROKERS }, journal) =>
    kafkaIngestLog({ brokers: MILLRACE_KAFKA_BROKERS, prefix, clientId: 'ingest', journal }),
  );
  const service = await createService({ ...options, journal: quietJournal() });
  closers.push(() => service.app.close());
  await service.app.init();
  await service.app.getHttpAdapter().getInstance().ready();
  return service;
}

const newPrefix = (): string => `spec-${randomUUID().slice(0, 8)}`;

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('Expected it to hold within 30 s, but it did not.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function post({ app }: Service, url: string, payload: object): Promise<{ status: number; body: never }> {
  const answer = await app.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json() as never };
}
const isReady =
  ({ app }: Service) =>
  async (): Promise<true | undefined> =>
    (await app.inject('/readyz')).statusCode === 200 || undefined;
/** What /readyz says of the log, once that matches. */
const logSays =
  ({ app }: Service, words: RegExp) =>
  async (): Promise<string | undefined> => {
    const { checks } = (await app.inject('/readyz')).json<{ checks: { name: string; detail: string }[] }>();
    const detail = checks.find(({ name }) => name === 'log')?.detail ?? '';
    return words.test(detail) ? detail : undefined;
  };

describe('ingest on a real Kafka', () => {
  it('waits for topics and births, then puts a bulk, a workflow and its run into the log', async () => {
    const prefix = newPrefix();
    const service = await start(prefix);
    await until(logSays(service, /millrace topics apply/));
    expect((await post(service, '/v1/tasks', { handler: 'h' })).status).toBe(503);
    await apply(plansOf(prefix));
    await birth(prefix);
    await until(isReady(service));

    const tasks = [
      { id: 'a', handler: 'h' },
      { id: 'b', handler: 'h', dependsOn: ['a'] },
    ];
    expect((await post(service, '/v1/workflows', { name: 'w', tasks })).status).toBe(201);
    const items = [...Array.from({ length: 300 }, (_, n) => ({ handler: 'h', input: n })), { workflow: 'w' }];
    const bulk = await post(service, '/v1/bulk', { items });
    expect(bulk.status).toBe(202);
    const answers = (bulk.body as { items: { run: string; position: { partition: number; offset: string } }[] }).items;

    const reader = new KafkaRecordReader(connection);
    closers.push(() => reader.close());
    const logged: string[] = [];
    for (const partition of [0, 1, 2]) {
      const { end } = await reader.bounds(topicsOf(prefix).log, partition);
      for (let offset = 0; offset < end;) {
        const [fetched] = await reader.fetch([{ topic: topicsOf(prefix).log, partition, offset }], 1_000);
        for (const record of fetched?.records ?? []) {
          offset = record.offset + 1;
          for (const item of decodeFrame(record.value, 1).items) {
            if (item.type === 'RunRequested') logged.push(item.run);
            expect(item.type).not.toBe('unreadable');
          }
        }
      }
      const positions = answers.filter(({ position }) => position.partition === partition);
      for (const { position } of positions) expect(Number(position.offset)).toBeLessThanOrEqual(end);
    }
    expect(logged.sort()).toEqual(answers.map(({ run }) => run).sort());
  });

  it('is not ready with a wrong partition count, and says so in a sentence', async () => {
    const prefix = newPrefix();
    await apply(plansOf(prefix));
    await birth(prefix);
    const admin = connection.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: topicsOf(prefix).log, count: 5 }] });
    await admin.disconnect();
    const service = await start(prefix);
    await until(logSays(service, /3 partitions.*5/));
    expect((await post(service, '/v1/tasks', { handler: 'h' })).status).toBe(503);
  });

  it('is not ready with a compacted log, and says so in a sentence', async () => {
    const prefix = newPrefix();
    const plans = plansOf(prefix);
    await apply(plans);
    await birth(prefix);
    const log = plans.find(({ topic }) => topic === topicsOf(prefix).log)!;
    const configEntries = Object.entries({ ...log.config, 'cleanup.policy': 'compact' });
    const admin = connection.admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: log.topic, configEntries: configEntries.map(([name, value]) => ({ name, value })) }],
    });
    await admin.disconnect();
    const service = await start(prefix);
    await until(logSays(service, /cleanup\.policy=delete.*compact/));
    expect((await post(service, '/v1/tasks', { handler: 'h' })).status).toBe(503);
  });

  it('starts without Kafka, alive and not ready, and says so', async () => {
    const service = await start(newPrefix(), '127.0.0.1:1');
    await until(logSays(service, /Kafka|127\.0\.0\.1:1/));
    expect((await service.app.inject('/livez')).statusCode).toBe(200);
    const { status, body } = await post(service, '/v1/tasks', { handler: 'h' });
    expect([status, (body as { code: string }).code]).toEqual([503, 'log-not-ready']);
  });
});
