import type { PartitionBorn } from '@millrace/domain';
import type { ClusterFacts, TopicFacts } from '@millrace/kafka';
import type { DatabaseFacts } from '@millrace/postgres';
import { planTopics } from '@millrace/protocol';
import { unprojected } from '@millrace/runtime';
import { expect, it } from 'vitest';
import type { Facts } from '../facts.js';
import type { Heard } from '../read-heartbeats.js';
import { judgeBroker } from './broker.js';
import { judgeClock } from './clock.js';
import { judgeDatabase, judgeMigrations } from './database.js';
import { judgeLag } from './lag.js';
import { judgeLineage } from './lineage.js';
import { judgeServices } from './services.js';
import { judgeTopics } from './topics.js';
import { judgeVersions } from './versions.js';

const at = 1_700_000_000_000;
const cluster: ClusterFacts = {
  ...{ clusterId: 'c', brokers: [{ id: 1, host: 'k', port: 9092 }], controller: 1, latencyMs: 1 },
  ...{ fetchVersions: { min: 4, max: 18 }, logDirs: [], topics: [] },
};
const born = (partition: number, more: Partial<PartitionBorn> = {}): PartitionBorn => ({
  ...{ type: 'PartitionBorn', cluster: 'c', nonce: 'a'.repeat(32), partition, partitions: 2, rules: 1 },
  ...more,
});
const database: DatabaseFacts = {
  ...{ address: 'h:5432/d', version: '18.4', isReadOnly: false, sizeBytes: 1, connections: 1, connectionsMax: 100 },
  clock: { at, askedAt: at - 5, answeredAt: at + 5 },
};
const migrations = { applied: ['one'], pending: [], changed: [], unknown: [], unfinished: [] };
const ready = {
  ...{ url: 'http://i', isReady: true, version: '0.1.0', faults: [], tookMs: 1 },
  clock: { at, askedAt: at, answeredAt: at },
};
const owned = { epoch: 1, position: 10, entries: 10, waiting: 0, pinned: [] };
const living: Heard[] = [
  { at, said: { v: 1, kind: 'ingest', id: 'i', at, knows: 1 } },
  { at, said: { v: 1, kind: 'projector', id: 'p', at, knows: 1 } },
  {
    at,
    said: {
      ...{ v: 1, kind: 'dispatcher', id: 'd', at, knows: 1 },
      partitions: [0, 1].map((partition) => ({ partition, ...owned })),
    },
  },
  {
    at,
    said: {
      ...{ v: 1, kind: 'worker', id: 'w', at, slots: 1, busy: 0, handlers: [], queues: {}, credits: [] },
      deliveries: [],
    },
  },
];

/** A system in which all is well, but for what is given. */
function given(more: Partial<Facts>): Facts {
  const bounds = [0, 1].map(() => ({ start: 0, end: 10 }));
  const rows = [0, 1].map((partition) => ({ ...unprojected(partition), to: 10, nonce: 'a'.repeat(32) }));
  return {
    places: { prefix: 'millrace', dataDir: undefined },
    cluster: async () => cluster,
    topicReviews: async () => [],
    log: async () => ({ births: [born(0), born(1)], bounds }),
    heartbeats: async () => ({ living, live: { at, heardAt: at } }),
    workerLag: async () => [],
    database: async () => database,
    migrations: async () => migrations,
    positions: async () => rows,
    readiness: async () => [ready],
    ...more,
  };
}

it('finds nothing wrong where all is well', async () => {
  const plans = planTopics({ prefix: 'millrace', logPartitions: 2, taskPartitions: 2, queues: ['default'] });
  const facts = given({ topicReviews: async () => plans.map((plan) => ({ plan, faults: [] })) });
  const judges = [judgeBroker, judgeTopics, judgeLineage, judgeDatabase, judgeMigrations, judgeServices, judgeClock];
  const verdicts = await Promise.all([...judges, judgeLag].map((judge) => judge(facts)));
  verdicts.push(await judgeVersions(facts, '0.1.0'));
  expect(verdicts.filter(({ state, remedy }) => state !== 'ok' || remedy !== null)).toEqual([]);
});

it('says that a controller is missing, and that answers are slow', async () => {
  const without = given({ cluster: async () => ({ ...cluster, controller: undefined }) });
  expect(await judgeBroker(without)).toMatchObject({ state: 'fail', detail: expect.stringContaining('without') });
  const slow = given({ cluster: async () => ({ ...cluster, latencyMs: 250 }) });
  expect(await judgeBroker(slow)).toMatchObject({ state: 'warn', detail: expect.stringContaining('250.0 ms') });
});

it('says that topics are missing, that nobody leads a partition, and that copies are behind', async () => {
  const [plan] = planTopics({ prefix: 'millrace', logPartitions: 2, taskPartitions: 2, queues: [] });
  const topic = (partitions: TopicFacts['partitions']): Facts =>
    given({
      topicReviews: async () => [{ plan: plan!, faults: [] }],
      cluster: async () => ({ ...cluster, topics: [{ topic: 'millrace.log', partitions }] }),
    });
  expect(await judgeTopics(given({}))).toMatchObject({
    state: 'fail',
    remedy: expect.stringContaining('topics apply'),
  });
  const leaderless = topic([{ partition: 3, leader: undefined, replicas: 1, insync: 1 }]);
  expect(await judgeTopics(leaderless)).toMatchObject({ state: 'fail', detail: 'Nobody leads millrace.log/3.' });
  expect(await judgeTopics(topic([{ partition: 0, leader: 1, replicas: 3, insync: 2 }]))).toMatchObject({
    state: 'warn',
    detail: expect.stringContaining('not in sync'),
  });
});

it('says that rows belong to another log, or go past its end, and that a partition has no birth', async () => {
  const rows = (more: object): Facts => given({ positions: async () => [{ ...unprojected(1), to: 5, ...more }] });
  const other = await judgeLineage(rows({ nonce: 'b'.repeat(32) }));
  expect(other).toMatchObject({
    state: 'fail',
    detail: 'The rows of partition 1 were told by log bbbbbbbb, and this is aaaaaaaa.',
  });
  const past = await judgeLineage(rows({ nonce: 'a'.repeat(32), to: 11 }));
  expect(past).toMatchObject({
    state: 'fail',
    detail: 'The rows of partition 1 go to offset 11, but the log ends at 10.',
  });
  const unborn = given({ log: async () => ({ births: [born(0), undefined], bounds: [] }) });
  expect(await judgeLineage(unborn)).toMatchObject({ state: 'fail', remedy: 'Run: millrace topics apply' });
  const moved = given({ cluster: async () => ({ ...cluster, clusterId: 'x' }) });
  expect(await judgeLineage(moved)).toMatchObject({ state: 'warn' });
  const mixed = given({ log: async () => ({ births: [born(0), born(1, { nonce: 'b'.repeat(32) })], bounds: [] }) });
  await expect(judgeLineage(mixed)).rejects.toThrow('partitions of two logs are mixed');
});

it('says that the database takes no writes, has no connections left, or has other tables', async () => {
  const of = (more: Partial<DatabaseFacts>): Facts => given({ database: async () => ({ ...database, ...more }) });
  expect(await judgeDatabase(of({ isReadOnly: true }))).toMatchObject({ state: 'fail' });
  expect(await judgeDatabase(of({ connections: 95 }))).toMatchObject({ state: 'warn' });
  expect(await judgeDatabase(of({ version: '13.2' }))).toMatchObject({ state: 'warn' });
  const pending = given({ migrations: async () => ({ ...migrations, pending: ['two'] }) });
  expect(await judgeMigrations(pending)).toMatchObject({ state: 'fail', remedy: 'Run: millrace migrate' });
});

it('says who is missing, not ready or halted, and whose version differs', async () => {
  const without = given({ heartbeats: async () => ({ living: living.slice(0, 2), live: undefined }) });
  expect(await judgeServices(without)).toMatchObject({ state: 'fail', detail: 'No dispatcher was heard for 15 s.' });
  const fault = 'Expected offset 7.';
  const halted = { v: 1, kind: 'projector', id: 'p', at, knows: 1, halted: [{ partition: 1, fault }] } as const;
  const stopped = given({ heartbeats: async () => ({ living: [...living, { at, said: halted }], live: undefined }) });
  expect(await judgeServices(stopped)).toMatchObject({ state: 'fail', detail: `p has halted partition 1: ${fault}` });
  const unready = given({
    readiness: async () => [{ ...ready, isReady: false, faults: ['log: waits.'] }],
    heartbeats: () => Promise.reject(new Error('Kafka')),
  });
  expect(await judgeServices(unready)).toMatchObject({ state: 'fail', detail: 'http://i is not ready: log: waits.' });
  expect(await judgeVersions(given({}), '0.2.0')).toMatchObject({ state: 'warn' });
});

it('tells a clock that is off from an answer that took long', async () => {
  const clock = (shiftMs: number, tookMs: number): Facts =>
    given({
      database: async () => ({ ...database, clock: { at: at + shiftMs, askedAt: at, answeredAt: at + tookMs } }),
    });
  expect(await judgeClock(clock(3_000, 5_000))).toMatchObject({ state: 'ok' });
  expect(await judgeClock(clock(7_000, 5))).toMatchObject({ state: 'warn', detail: expect.stringContaining('ahead') });
  expect(await judgeClock(clock(-70_000, 5))).toMatchObject({
    state: 'fail',
    detail: expect.stringContaining('behind'),
  });
  const off = living.map((heard) =>
    heard.said.id === 'w' ? { ...heard, said: { ...heard.said, at: at + 9_000 } } : heard,
  );
  const worker = given({ heartbeats: async () => ({ living: off as Heard[], live: { at, heardAt: at } }) });
  expect(await judgeClock(worker)).toMatchObject({ state: 'warn', detail: expect.stringContaining('clock of w') });
});

it('says who is behind the log, who owns nothing, and that nobody works', async () => {
  const long = given({ log: async () => ({ births: [], bounds: [{ start: 0, end: 50_000 }, { start: 0, end: 10 }] }) }); // prettier-ignore
  expect(await judgeLag(long)).toMatchObject({
    state: 'warn',
    detail: expect.stringMatching(/^The dispatcher is 49990 /),
  });
  const nobody = given({ heartbeats: async () => ({ living: [], live: undefined }) });
  expect(await judgeLag(nobody)).toMatchObject({ state: 'fail', detail: 'Nobody owns partition 0, 1.' });
  const idle = given({
    heartbeats: async () => ({ living: living.slice(0, 3), live: undefined }),
    workerLag: async () => [{ topic: 't', records: 3 }],
  });
  expect(await judgeLag(idle)).toMatchObject({ state: 'warn', remedy: 'Start a worker.' });
});
