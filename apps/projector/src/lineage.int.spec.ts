import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { singleRequested } from '@millrace/domain/testing';
import { runIdOf } from '@millrace/domain';
import { connectKafka, KafkaRecordReader, KafkaRecordTrimmer, KafkaRecordWriter, KafkaTopics } from '@millrace/kafka';
import { PgProjectionStore } from '@millrace/postgres';
import { freshDatabase, type FreshDatabase } from '@millrace/postgres/testing';
import { planTopics, topicsOf, type Topics } from '@millrace/protocol';
import {
  DispatchLoop,
  ensureBorn,
  LogItems,
  LogWriter,
  processUptimeMs,
  ProjectionLoop,
  type Clock,
} from '@millrace/runtime';
import { InMemoryOwnershipHint, quietJournal } from '@millrace/runtime/testing';

const journal = quietJournal();
const kafka = connectKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'lineage', journal });
const clock: Clock = {
  now: () => Date.now(),
  uptimeMs: processUptimeMs,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
const nonce = () => randomUUID().replaceAll('-', '');
const running: { stop(): Promise<void> }[] = [];
const closing: { close(): Promise<void> }[] = [];
let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  await Promise.all(closing.splice(0).map((each) => each.close()));
});
afterAll(() => database.drop());

/** A log of one partition with some requests in it. */
async function bornLog(requests: number): Promise<{ topics: Topics; request: (count: number) => Promise<void> }> {
  const prefix = `lineage-${randomUUID()}`;
  const topics = topicsOf(prefix);
  await new KafkaTopics(kafka).apply(planTopics({ prefix, logPartitions: 1, taskPartitions: 1, queues: [] }));
  const [reader, writer] = [new KafkaRecordReader(kafka), new KafkaRecordWriter(kafka)];
  closing.push(reader, writer);
  await ensureBorn({ reader, writer, topic: topics.log, partitions: 1, cluster: 'c', clock, nonce });
  const frames = new LogWriter({ writer, topic: topics.log, by: nonce(), clock, journal });
  const request = async (count: number) => {
    for (let index = 0; index < count; index++)
      await frames.append(0, [singleRequested({}, { run: runIdOf(0, nonce()) })]);
  };
  await request(requests);
  return { topics, request };
}
async function projector(topics: Topics): Promise<{ loop: ProjectionLoop; store: PgProjectionStore }> {
  const [reader, store] = [new KafkaRecordReader(kafka), new PgProjectionStore({ databaseUrl: database.url })];
  closing.push(reader, store);
  const ownership = new InMemoryOwnershipHint();
  const loop = new ProjectionLoop({ topics, reader, store, ownership, clock, journal });
  running.push(loop);
  await loop.start();
  ownership.assign([0]);
  return { loop, store };
}
async function dispatcher(topics: Topics): Promise<{ loop: DispatchLoop; hint: InMemoryOwnershipHint }> {
  const [logReader, heartbeatReader] = [new KafkaRecordReader(kafka), new KafkaRecordReader(kafka)];
  const [itemReader, writer] = [new KafkaRecordReader(kafka), new KafkaRecordWriter(kafka)];
  closing.push(logReader, heartbeatReader, itemReader, writer);
  const hint = new InMemoryOwnershipHint();
  const given = { topics, logReader, heartbeatReader, writer, ownership: hint, clock, journal, by: nonce(), nonce };
  const items = new LogItems(itemReader, topics.log);
  const loop = new DispatchLoop({ ...given, items });
  running.push(loop);
  await loop.start();
  hint.assign([0]);
  return { loop, hint };
}
async function until(sentence: string, fact: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await fact())) {
    if (performance.now() > deadline) throw new Error(`Expected ${sentence} within 30 s, but it did not happen.`);
    await sleep(20);
  }
}
async function endOf(topics: Topics): Promise<number> {
  const reader = new KafkaRecordReader(kafka);
  const { end } = await reader.bounds(topics.log, 0);
  await reader.close();
  return end;
}
async function emptied(): Promise<void> {
  await database.query('TRUNCATE projection_positions, run_records, task_run_records, single_records, attempt_records');
}
const rows = () => database.query<{ row: string }>('SELECT v::text AS row FROM task_runs v ORDER BY 1');

it('lets two dispatchers and two projectors believe that a partition is theirs: one epoch decides, rows come once', async () => {
  const { topics, request } = await bornLog(20);
  await emptied();
  const [one, other] = [await dispatcher(topics), await dispatcher(topics)];
  const [first] = [await projector(topics), await projector(topics)];
  for (let count = 0; count < 6; count++) {
    (count % 2 === 0 ? one : other).hint.assign([0]);
    await request(20);
  }
  const phases = () => [one, other].map(({ loop }) => loop.partitions[0]?.phase).sort();
  await until('one to own and one to follow', () => phases().join() === 'following,owning');
  await until('all to be projected', async () => (await first.store.position(0)).to === (await endOf(topics)));
  const told = await first.store.position(0);
  expect(told.rejected + told.accepted).toBeGreaterThanOrEqual(141);
  const shown = await rows();
  expect(shown).toHaveLength(140);
  await Promise.all(running.splice(0).map((loop) => loop.stop()));
  await emptied();
  const fresh = await projector(topics);
  await until('a rebuild', async () => (await fresh.store.position(0)).to === (await endOf(topics)));
  expect(await rows()).toEqual(shown);
});

it('halts a dispatcher and a projector, with a sentence, where the beginning of the log was deleted', async () => {
  const { topics } = await bornLog(10);
  await emptied();
  await new KafkaRecordTrimmer(kafka).deleteBelow(topics.log, 0, 5);
  const [dispatching, projecting] = [await dispatcher(topics), await projector(topics)];
  await until('both to halt', () => dispatching.loop.faults.length + projecting.loop.faults.length === 2);
  for (const { message } of [...dispatching.loop.faults, ...projecting.loop.faults]) {
    expect(message).toMatch(/out of range\. The log has lost its end or its beginning: restore it from a copy/);
  }
});

it('halts a projector, with a sentence, where its database was told by another log', async () => {
  const before = await bornLog(10);
  await emptied();
  const { loop, store } = await projector(before.topics);
  await until('all to be projected', async () => (await store.position(0)).to === 11);
  await loop.stop();
  const after = await bornLog(30);
  const other = await projector(after.topics);
  await until('it to halt', () => other.loop.faults.length === 1);
  expect(other.loop.faults[0]?.message).toMatch(/told by log [0-9a-f]{32} in .*Choose the database of this log/);
  expect((await store.position(0)).to).toBe(11);
});

it('halts a projector, with a sentence, where its log ends before the position of its database', async () => {
  const long = await bornLog(30);
  await emptied();
  const { loop, store } = await projector(long.topics);
  await until('all to be projected', async () => (await store.position(0)).to === 31);
  await loop.stop();
  await database.query("UPDATE projection_positions SET nonce = ''");
  const short = await bornLog(3);
  const other = await projector(short.topics);
  await until('it to halt', () => other.loop.faults.length === 1);
  expect(other.loop.faults[0]?.message).toMatch(/ends at 4 and the projection stands at 31: the log has lost its end/);
});
