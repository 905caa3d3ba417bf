import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedKafka, EmbeddedPostgres, findKafkaJars, freePort } from '@millrace/embedded';
import { ask, until } from '../support/ask.js';
import { whenEnded } from '../support/ended.js';
import { FaultProxy, type NetworkFault } from '../support/fault-proxy.js';
import { loadFor, registerDiamond } from '../support/load.js';
import { startLocalSystem, type ServiceKind, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const root = join(import.meta.dirname, '..', '..');
const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const services: readonly ServiceKind[] = ['ingest', 'dispatcher', 'worker', 'projector', 'query'];
/** Less than a server is gone for: waiting for one that has a name is no stall. */
const stallMs = 20_000;

let folder: string;
let kafka: EmbeddedKafka;
let postgres: EmbeddedPostgres;
let system: TestSystem;
/** By the pair that it stands between, such as `worker-kafka`. */
const proxies = new Map<string, FaultProxy>();
let kafkaOptions: Parameters<typeof EmbeddedKafka.start>[0];

/** A broker that each kind of service reaches by a port of its own, behind a proxy, and a database in the same way. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-network-'));
  const doors: { port: number; advertisedPort: number }[] = [];
  for (const kind of services) {
    const port = await freePort();
    const proxy = await FaultProxy.before(port);
    proxies.set(`${kind}-kafka`, proxy);
    doors.push({ port, advertisedPort: proxy.port });
  }
  kafkaOptions = {
    ...{ dataDir: join(folder, 'kafka'), jarsDir: findKafkaJars(root), archiveDir: join(root, '.millrace') },
    ...{ port: await freePort(), doors },
  };
  kafka = await EmbeddedKafka.start(kafkaOptions);
  postgres = await EmbeddedPostgres.start({ dataDir: join(folder, 'postgres') });
  for (const kind of ['projector', 'query']) proxies.set(`${kind}-postgres`, await FaultProxy.before(postgres.port));
  const envOf = Object.fromEntries(
    services.map((kind) => {
      const database = proxies.get(`${kind}-postgres`);
      const url = postgres.url.replace(`:${postgres.port}/`, `:${database?.port}/`);
      const brokers = `127.0.0.1:${proxies.get(`${kind}-kafka`)!.port}`;
      return [kind, { MILLRACE_KAFKA_BROKERS: brokers, ...(database === undefined ? {} : { DATABASE_URL: url }) }];
    }),
  );
  system = await startLocalSystem({
    ...{ handlers, brokers: kafka.brokers, databaseUrl: postgres.url, envOf },
    replicas: { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 1 },
    env: { MILLRACE_STALL_MS: String(stallMs), MILLRACE_QUERY_ANSWER_MS: '2000' },
  });
  await registerDiamond(system);
});
afterAll(async () => {
  for (const proxy of proxies.values()) proxy.heal();
  await system?.stop();
  await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
  await Promise.all([kafka?.stop(), postgres?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const pidsOfAll = (): unknown => services.map((kind) => system.pidsOf(kind));

/** The longest is above the sessions of groups and workers, and above the timeout of a request. */
const faults: readonly (readonly [NetworkFault, number])[] = [
  [{ way: 'delay', ms: 300 }, 2_000],
  [{ way: 'cut' }, 2_000],
  [{ way: 'half-open' }, 12_000],
];
const pairs: readonly (readonly [string, readonly string[]])[] = [
  ['ingest and broker, and projector and database', ['ingest-kafka', 'projector-postgres']],
  ['dispatcher and broker, and query and database', ['dispatcher-kafka', 'query-postgres']],
  ['worker, projector, query and broker', ['worker-kafka', 'projector-kafka', 'query-kafka']],
];

it.each(pairs)(
  'loses nothing when the network between %s is slow, cut and half open under load',
  async (_who, names) => {
    const before = pidsOfAll();
    const broken = names.map((name) => proxies.get(name)!);
    const { acknowledged } = await loadFor(system, 9_000, async () => {
      for (const [fault, forMs] of faults) {
        for (const proxy of broken) proxy.break(fault);
        await pause(forMs);
        for (const proxy of broken) proxy.heal();
      }
    });
    expect(acknowledged.length).toBeGreaterThan(100);
    const statuses = await whenEnded(system, acknowledged);
    expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
    for (const kind of services) await system.whenReady(kind);
    expect(pidsOfAll()).toEqual(before);
  },
);

it('waits out a Kafka that is gone for a minute: reads go on, no process ends, and work goes on by itself', async () => {
  const before = pidsOfAll();
  const { acknowledged } = await loadFor(system, 2_000, () => {});
  await whenEnded(system, acknowledged);
  const task = { handler: 'echo', input: 'kept' };
  await kafka.kill();
  const goneAt = performance.now();
  expect((await ask(`${system.apiUrl}/v1/tasks`, task)).status).toBe(503);
  await pause(60_000 - (performance.now() - goneAt));
  expect((await ask(`${system.apiUrl}/v1/runs/${acknowledged[0]}`)).body.run.status).toBe('succeeded');
  for (const kind of services) {
    const [url] = system.urls[kind] as [string];
    expect([kind, (await ask(`${url}/livez`)).status]).toEqual([kind, 200]);
  }
  expect(pidsOfAll()).toEqual(before);

  kafka = await EmbeddedKafka.start(kafkaOptions);
  const { body } = await until('a submit to be taken', async () => {
    const answer = await ask(`${system.apiUrl}/v1/tasks`, task);
    return answer.status === 202 ? answer : undefined;
  });
  await whenEnded(system, [body.run]);
  for (const kind of services) await system.whenReady(kind);
  expect(pidsOfAll()).toEqual(before);
});

it('shows in Postgres what a fold of the whole log gives, after all of that', async () => {
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
