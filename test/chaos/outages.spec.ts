import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedKafka, EmbeddedPostgres, findKafkaJars, freePort } from '@millrace/embedded';
import { migrate } from '@millrace/postgres';
import { topicsOf } from '@millrace/protocol';
import { applyTopics } from '../../apps/cli/src/topics/apply-topics.js';
import { ask, until, type Answer } from '../support/ask.js';
import { whenEnded } from '../support/ended.js';
import { freeze } from '../support/freeze.js';
import { startLocalSystem, type ServiceKind, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';
import { readinessOf, startService, type SingleService } from '../support/single-service.js';

const root = join(import.meta.dirname, '..', '..');
const handlers = fileURLToPath(new URL('../support/handlers.mjs', import.meta.url));
const services: readonly ServiceKind[] = ['ingest', 'dispatcher', 'worker', 'projector', 'query'];
/** Reads of a frozen Postgres end after this long, so that a test need not wait for the default of 10 s. */
const env = { MILLRACE_QUERY_ANSWER_MS: '2000' };

let system: TestSystem;
beforeAll(async () => {
  system = await startLocalSystem({ handlers: [handlers], env });
});
afterAll(() => system?.stop());

/** What a test has to undo, last first. */
const closers: (() => unknown)[] = [];
async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}
afterEach(closeAll);

/** `status code` of a problem that says when to come back. */
function laterOf({ status, type, body, retryAfter }: Answer): string {
  expect(type).toContain('application/problem+json');
  expect(body.detail).toMatch(/^Expected .+, but[: ].+/s);
  expect([retryAfter, body.retryAfter]).toEqual([String(body.retryAfter), expect.any(Number)]);
  return `${status} ${body.code}`;
}

const task = { handler: 'echo', input: 'through it' };
/** Ten tasks at each ingest. */
const submitted: string[] = [];
async function submitSome(): Promise<void> {
  for (const url of system.urls.ingest) {
    const { status, body } = await ask(`${url}/v1/bulk`, { items: Array(10).fill(task) });
    expect(status).toBe(202);
    submitted.push(...body.items.map(({ run }: { run: string }) => run));
  }
}

describe('a whole system', () => {
  afterEach(async () => {
    await closeAll();
    for (const kind of services) await system.whenReady(kind);
    const statuses = await whenEnded(system, submitted);
    expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
    expect(await differenceFromRebuild(system)).toBeUndefined();
  });

  it('whose Kafka is frozen answers submits with 503 and goes on reading, then takes up where it was', async () => {
    await submitSome();
    const [run] = submitted;
    await whenEnded(system, submitted);
    closers.push(freeze(system.pidsOf('kafka')[0]!));
    const answers = await Promise.all(
      system.urls.ingest.flatMap((url) => Array.from({ length: 8 }, () => ask(`${url}/v1/tasks`, task))),
    );
    for (const answer of answers) expect(laterOf(answer)).toBe('503 log-unavailable');
    await Promise.all(
      system.urls.ingest.map(async (url) => {
        expect(laterOf(await ask(`${url}/v1/tasks`, task, undefined, 1_000))).toBe('503 log-unavailable');
        expect((await ask(`${url}/readyz`)).status).toBe(503);
        expect((await ask(`${url}/v1/runs/${run}`)).body.run.status).toBe('succeeded');
        expect((await ask(`${url}/v1/sql`, { query: 'SELECT count(*) FROM runs' })).status).toBe(200);
        expect(laterOf(await ask(`${url}/v1/runs/${run}/cancel`, {}))).toBe('503 log-unavailable');
      }),
    );
    await closeAll();
    await until(
      'a submit to be taken',
      async () => (await ask(`${system.apiUrl}/v1/tasks`, task)).status === 202 || undefined,
    );
    await submitSome();
  });

  it('whose Postgres is frozen goes on submitting and executing, and answers reads with 503 until it is back', async () => {
    closers.push(freeze(system.pidsOf('postgres')[0]!));
    await submitSome();
    await Promise.all(
      system.urls.ingest.flatMap((url) => [
        ...['/v1/runs', `/v1/runs/${submitted[0]}`, '/v1/freshness'].map(async (path) => {
          expect(laterOf(await ask(`${url}${path}`))).toBe('503 database-unavailable');
        }),
        ask(`${url}/v1/workers`).then(({ body }) => expect(body.workers.length).toBeGreaterThanOrEqual(2)),
        ask(`${url}/readyz`).then(({ status }) => expect(status).toBe(200)),
      ]),
    );
    await submitSome();
  });
});

describe('services that are started before their servers', () => {
  it('are alive, say what they wait for, and become ready by themselves', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-late-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const postgres = await EmbeddedPostgres.start({ dataDir: join(folder, 'postgres') });
    closers.push(() => postgres.stop());
    const { url: databaseUrl, port } = postgres;
    await postgres.stop();
    const kafkaPort = await freePort();
    const brokers = `127.0.0.1:${kafkaPort}`;
    const told = { MILLRACE_KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl, MILLRACE_WORKER_HANDLERS: handlers };
    const query = await startService('query', told);
    closers.push(() => query.stop());
    const others = await startAll(['ingest', 'dispatcher', 'worker', 'projector'], { ...told, MILLRACE_QUERY_URL: query.url });
    const all = [query, ...others];
    const [ingest] = others as [SingleService];
    await Promise.all([
      readinessOf(query, 503, new RegExp(`Postgres at 127.0.0.1:${port}`)),
      ...others.map((service) => readinessOf(service, 503, new RegExp(`Kafka|${brokers}`))),
    ]);
    for (const { url } of all) expect((await ask(`${url}/livez`)).status).toBe(200);
    expect(laterOf(await ask(`${ingest.url}/v1/tasks`, task))).toBe('503 log-not-ready');
    expect(laterOf(await ask(`${ingest.url}/v1/runs`))).toBe('503 database-unavailable');

    const kafka = await EmbeddedKafka.start({ dataDir: join(folder, 'kafka'), jarsDir: findKafkaJars(root), archiveDir: join(root, '.millrace'), port: kafkaPort });
    closers.push(() => kafka.stop());
    await Promise.all(others.map((service) => readinessOf(service, 503, /millrace topics apply/)));
    await applyTopics({ brokers, prefix: 'millrace', logPartitions: 2, taskPartitions: 2, queues: ['default'] });
    await readinessOf(ingest, 200);
    const { status, body } = await ask(`${ingest.url}/v1/tasks`, task);
    expect(status).toBe(202);

    const again = await EmbeddedPostgres.start({ dataDir: join(folder, 'postgres'), port });
    closers.push(() => again.stop());
    await readinessOf(query, 503, /millrace migrate/);
    expect(laterOf(await ask(`${ingest.url}/v1/runs`))).toBe('503 database-not-migrated');
    await migrate(databaseUrl);
    await Promise.all(all.map((service) => readinessOf(service, 200)));
    await until('the run to be shown', async () => (await ask(`${ingest.url}/v1/runs/${body.run}`)).body.run?.status === 'succeeded' || undefined);
    expect(all.map(({ ended }) => ended())).toEqual(all.map(() => undefined));
  });
}); // prettier-ignore

async function startAll(kinds: readonly ServiceKind[], told: NodeJS.ProcessEnv): Promise<SingleService[]> {
  return Promise.all(
    kinds.map(async (kind) => {
      const service = await startService(kind, told);
      closers.push(() => service.stop());
      return service;
    }),
  );
}

describe('a log that is not as planned', () => {
  type Admin = kafkajs.Admin;
  const users = ['ingest', 'dispatcher', 'projector'] as const;
  /** What is done to a sound log, who cannot do without what is missing then, and what each of them must say. */
  const faults: readonly Fault[] = [
    {
      title: 'is missing',
      spoil: (admin, log) => admin.deleteTopics({ topics: [log] }),
      sentence: /topic \S+\.log to exist.+millrace topics apply/,
    },
    {
      title: 'has more partitions than it was born with',
      spoil: (admin, topic) => admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] }),
      sentence: /\.log to have 3 partitions, but found 5/,
    },
    {
      title: 'is compacted',
      spoil: compact,
      sentence: /\.log to have cleanup\.policy=delete, but found cleanup\.policy=compact.+--add-config/,
    },
    {
      title: 'has no topic for heartbeats',
      spoil: (admin, log) => admin.deleteTopics({ topics: [log.replace(/\.log$/, '.workers')] }),
      by: ['ingest', 'dispatcher'],
      sentence: /topic \S+\.workers .+no such topic.+millrace topics apply/,
    },
  ];
  interface Fault {
    readonly title: string;
    readonly spoil: (admin: Admin, log: string) => Promise<unknown>;
    readonly by?: readonly (typeof users)[number][];
    readonly sentence: RegExp;
  }

  it.each(faults)('that $title stops who uses it with a sentence, and nothing crashes', async (fault) => {
    const { spoil, by = users, sentence } = fault;
    const prefix = `spoilt-${faults.indexOf(fault)}`;
    const { brokers, databaseUrl } = system;
    await applyTopics({ brokers, prefix, logPartitions: 3, taskPartitions: 1, queues: ['default'] });
    const admin = new kafkajs.Kafka({ brokers: [brokers], clientId: 'spoiler', logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    closers.push(() => admin.disconnect());
    const { log } = topicsOf(prefix);
    await spoil(admin, log);
    const told = { MILLRACE_KAFKA_BROKERS: brokers, MILLRACE_TOPICS_PREFIX: prefix, DATABASE_URL: databaseUrl };
    const all = await startAll(by, told);
    await Promise.all(all.map((service) => readinessOf(service, 503, sentence)));
    const [ingest] = all as [SingleService];
    const requests = { tasks: task, bulk: { items: [task] }, workflows: { name: 'w', tasks: [] } };
    for (const [path, body] of Object.entries(requests)) {
      const answer = await ask(`${ingest.url}/v1/${path}`, body);
      expect(laterOf(answer)).toBe('503 log-not-ready');
      expect(answer.body.detail).toMatch(sentence);
    }
    for (const { url } of all) expect((await ask(`${url}/livez`)).status).toBe(200);
    expect(all.map(({ ended }) => ended())).toEqual(all.map(() => undefined));
    if (!(await admin.listTopics()).includes(log)) return;
    const written = (await admin.fetchTopicOffsets(log)).filter(({ offset }) => offset !== '0');
    expect(written.map(({ partition, offset }) => `${partition}:${offset}`).sort()).toEqual(['0:1', '1:1', '2:1']);
  }); // prettier-ignore

  async function compact(admin: Admin, name: string): Promise<void> {
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type, name }] });
    const own = resources[0]!.configEntries.filter(({ isDefault }) => !isDefault);
    const configEntries = own.map(({ configName, configValue }) => ({
      name: configName,
      value: configName === 'cleanup.policy' ? 'compact' : configValue,
    }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] });
  }
});
