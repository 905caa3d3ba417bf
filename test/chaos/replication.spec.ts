import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedKafkaCluster, findKafkaJars } from '@millrace/embedded';
import { topicsOf } from '@millrace/protocol';
import { whenEnded } from '../support/ended.js';
import { loadFor, registerDiamond } from '../support/load.js';
import { startLocalSystem, type ServiceKind, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const root = join(import.meta.dirname, '..', '..');
const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const services: readonly ServiceKind[] = ['ingest', 'dispatcher', 'worker', 'projector', 'query'];

let folder: string;
let cluster: EmbeddedKafkaCluster;
let system: TestSystem;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-replicated-'));
  cluster = await EmbeddedKafkaCluster.start({
    dataDir: join(folder, 'kafka'),
    jarsDir: findKafkaJars(root),
    archiveDir: join(root, '.millrace'),
  });
  system = await startLocalSystem({
    handlers,
    brokers: cluster.brokers,
    replicas: { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 1 },
  });
  await registerDiamond(system);
});
afterAll(async () => {
  await system?.stop();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** By log partition: who leads it, and how many copies it has. */
async function logPartitions(): Promise<readonly { readonly leader: number; readonly copies: number }[]> {
  const kafka = new kafkajs.Kafka({ brokers: cluster.brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topicsOf(system.prefix).log] });
    return topics[0]!.partitions.map(({ leader, replicas }) => ({ leader, copies: replicas.length }));
  } finally {
    await admin.disconnect();
  }
}

it('keeps each partition of the log three times where there are three brokers', async () => {
  const partitions = await logPartitions();
  expect(partitions.map(({ copies }) => copies)).toEqual(partitions.map(() => 3));
});

it('loses nothing that was acknowledged when brokers that lead partitions of the log are killed under load, one after the other', async () => {
  const { acknowledged } = await loadFor(system, 12_000, async () => {
    for (let kills = 0; kills < 2; kills++) {
      const { leader } = (await logPartitions())[0]!;
      await cluster.kill(leader);
      const { acknowledged: meanwhile } = await loadFor(system, 3_000, () => {});
      expect(meanwhile.length).toBeGreaterThan(0);
      await cluster.start(leader);
    }
  });
  expect(acknowledged.length).toBeGreaterThan(100);
  const statuses = await whenEnded(system, acknowledged);
  expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
  for (const service of services) await system.whenReady(service);
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
