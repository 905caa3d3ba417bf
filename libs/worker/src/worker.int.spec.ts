import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { connectKafka, KafkaRecordReader, KafkaRecordWriter, KafkaTopics } from '@millrace/kafka';
import { controlPartitionOf, decodeFrame, planTopics, topicsOf, type WorkerHeartbeat } from '@millrace/protocol';
import { quietJournal } from '@millrace/runtime/testing';
import { createWorker } from './create-worker.js';
import { delivery } from './testing/given-worker.js';

const prefix = `w${randomBytes(6).toString('hex')}`;
const topics = topicsOf(prefix);
const brokers = inject('kafkaBrokers');
const journal = quietJournal();
const connection = connectKafka({ brokers: brokers.split(','), clientId: 'spec', journal });
const writer = new KafkaRecordWriter(connection);
const reader = new KafkaRecordReader(connection);
const shortly = { timeout: 20_000, interval: 50 };

beforeAll(async () => {
  const plan = planTopics({ prefix, logPartitions: 2, taskPartitions: 2, queues: ['default'] });
  await new KafkaTopics(connection).apply(plan);
});
afterAll(async () => {
  await reader.close();
  await writer.close();
});

async function texts(topic: string, partition: number): Promise<Uint8Array[]> {
  const fetched = await reader.fetch([{ topic, partition, offset: 0 }], 500);
  return fetched.flatMap(({ records }) => records.map(({ value }) => value!));
}
async function heartbeatsOf(id: string): Promise<WorkerHeartbeat[]> {
  const all = (await texts(topics.workers, 0)).map((value) => JSON.parse(new TextDecoder().decode(value)));
  return all.filter((heartbeat: WorkerHeartbeat) => heartbeat.id === id);
}
async function heartbeatOf(id: string): Promise<WorkerHeartbeat | undefined> {
  return (await heartbeatsOf(id)).at(-1);
}
async function said() {
  return (await texts(topics.log, 0)).flatMap((value) => decodeFrame(value, 1).items);
}
async function publish(partition: number, record: object): Promise<void> {
  const value = Buffer.from(JSON.stringify({ v: 1, epoch: 1, ...record }));
  await writer.append(topics.tasks('default', 'normal'), partition, [{ value }]);
}

it('says what to do about a queue that nobody declared', async () => {
  const worker = createWorker({ brokers, prefix, queues: ['default', 'mail'], journal });
  void worker.start();
  await vi.waitFor(() => expect(worker.condition.error).toContain('--queues default,mail'), shortly);
  await worker.stop();
});

it('runs, claims, reports and leaves on a real broker', async () => {
  const worker = createWorker({ brokers, prefix, slots: 4, journal });
  worker.handle('double', async (input: number) => input * 2);
  await worker.start();
  await vi.waitFor(async () => expect((await heartbeatOf(worker.condition.id!))?.queues).toEqual({ default: [0, 1] }), {
    ...shortly,
  });
  const id = worker.condition.id!;

  const [atOnce, claimed] = [delivery('double', { input: 4 }), delivery('double', { input: 5 })];
  await publish(0, { decidedAt: Date.now(), tasks: [atOnce] });
  await publish(1, { decidedAt: Date.now(), again: true, tasks: [claimed] });
  const claim = await vi.waitFor(async () => {
    const start = (await said()).find((item) => item.type === 'TaskStarted' && item.run === claimed.run);
    expect(start).toBeDefined();
    return start as { nonce: string };
  }, shortly);
  const verdict = { v: 1, kind: 'verdict', to: id, run: claimed.run, task: 0, attempt: 1, nonce: claim.nonce };
  const value = Buffer.from(JSON.stringify({ ...verdict, holds: true }));
  await writer.append(topics.control, controlPartitionOf(id, 4), [{ value }]);

  await vi.waitFor(async () => {
    const ends = (await said()).filter((item) => item.type === 'TaskFinished');
    expect(ends).toEqual([
      expect.objectContaining({ run: atOnce.run, worker: id, outcome: { kind: 'succeeded', result: 8 } }),
      expect.objectContaining({ run: claimed.run, nonce: claim.nonce, outcome: { kind: 'succeeded', result: 10 } }),
    ]);
  }, shortly);
  await worker.stop();
  expect(await heartbeatOf(id)).toMatchObject({ leaving: true, deliveries: [] });

  const next = createWorker({ brokers, prefix, journal });
  next.handle('double', async () => 'again');
  await next.start();
  await vi.waitFor(() => expect(next.condition.state).toBe('working'), shortly);
  await publish(0, { decidedAt: Date.now(), tasks: [delivery('unheard-of')] });
  await vi.waitFor(async () => expect((await said()).at(-1)).toMatchObject({ reason: 'no-handler' }), shortly);
  await next.stop();
  expect((await said()).filter((item) => item.type === 'TaskFinished')).toHaveLength(2);
});

it('beats on while a handler blocks the process, and says which one and for how long', async () => {
  const worker = createWorker({ brokers, prefix, slots: 4, journal });
  worker.handle('block', () => {
    for (const until = Date.now() + 5_000; Date.now() < until;);
  });
  await worker.start();
  await vi.waitFor(() => expect(worker.condition.state).toBe('working'), shortly);
  const id = worker.condition.id!;
  const blocking = delivery('block');
  await publish(0, { decidedAt: Date.now(), tasks: [blocking] });
  await vi.waitFor(async () => expect((await said()).at(-1)).toMatchObject({ run: blocking.run }), shortly);
  const blocked = (await heartbeatsOf(id)).filter(({ blockedMs }) => blockedMs !== undefined);
  expect(blocked.length).toBeGreaterThan(0);
  expect(blocked[0]).toMatchObject({ busy: 1, deliveries: [{ run: blocking.run, state: 'running', blocks: true }] });
  await worker.stop();
});

it('waits for topics that are missing and says which command makes them', async () => {
  const worker = createWorker({ brokers, prefix: `${prefix}.none`, journal });
  const started = worker.start();
  await vi.waitFor(() => expect(worker.condition.error).toContain('millrace topics apply'), shortly);
  await worker.stop();
  await started;
});
