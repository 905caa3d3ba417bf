import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectKafka, KafkaRecordWriter, kafkaSnapshotStore } from '@millrace/kafka';
import { topicsOf } from '@millrace/protocol';
import type { SnapshotContent } from '@millrace/runtime';
import { quietJournal, until } from '@millrace/runtime/testing';
import { whenEnded } from '../support/ended.js';
import { loadFor, registerDiamond } from '../support/load.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const kinds = ['dispatcher', 'projector'] as const;
type Kind = (typeof kinds)[number];
const partitions = 2;

interface Line {
  readonly msg: string;
  readonly partition: number;
  readonly from: number;
  readonly folded: number;
}

let system: TestSystem;

beforeAll(async () => {
  const one = { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 1 };
  const env = { MILLRACE_SNAPSHOT_EVERY_MS: '500', MILLRACE_SNAPSHOT_EVERY_ENTRIES: '200' };
  system = await startLocalSystem({ handlers, partitions, replicas: one, env });
  await registerDiamond(system);
});
afterAll(() => system?.stop());

/** What the process of a kind has said, over all its starts. */
function linesOf(kind: Kind, ...parts: readonly string[]): Line[] {
  const [log = ''] = system.logsOf(kind);
  return log
    .split('\n')
    .filter((line) => line.startsWith('{') && parts.every((part) => line.includes(part)))
    .map((line) => JSON.parse(line) as Line);
}
const recoveries = (kind: Kind): Line[] => linesOf(kind, 'The partition is recovered.');
const stored = (kind: Kind, partition: number): number =>
  linesOf(kind, 'A snapshot is stored.').filter((line) => line.partition === partition).length;

/** Kills it under load, waits until every run has ended, and gives the recoveries of the new process by partition. */
async function killedUnderLoad(kind: Kind): Promise<readonly Line[]> {
  const before = recoveries(kind).length;
  const { acknowledged } = await loadFor(system, 1_500, () => {
    expect(system.kill(kind)).toBe(true);
  });
  const statuses = await whenEnded(system, acknowledged);
  expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
  await until(`${kind} to recover`, () => recoveries(kind).length >= before + partitions);
  await system.whenReady(kind);
  return recoveries(kind).slice(before);
}

it.each(kinds)(
  'a %s that is killed recovers from a snapshot, folds less than the log, and every run ends',
  async (kind) => {
    const { acknowledged } = await loadFor(system, 1_500, () => {});
    await whenEnded(system, acknowledged);
    await until(`snapshots of every partition by the ${kind}`, () =>
      [0, 1].every((partition) => stored(kind, partition) > 1),
    );
    for (const { from, folded } of await killedUnderLoad(kind)) {
      expect(from).toBeGreaterThan(0);
      expect(folded).toBeLessThan(from + folded);
    }
  },
);

/** Makes the newest snapshot of each partition one whose chunk holds other bytes than its manifest says. */
async function damageNewest(content: SnapshotContent): Promise<void> {
  const journal = quietJournal();
  const kafka = connectKafka({ brokers: system.brokers.split(','), clientId: 'damage', journal });
  const [topics, writer] = [topicsOf(system.prefix), new KafkaRecordWriter(kafka)];
  const store = kafkaSnapshotStore(kafka, { topics, writer, journal });
  for (let partition = 0; partition < partitions; partition++) {
    const newest = (await store.newest(partition)).find((each) => each?.content === content);
    const chunk = await writer.append(topics.snapshots, partition, [{ value: Buffer.from('other bytes\n') }]);
    const manifest = { ...newest, chunks: [chunk.offset] };
    await writer.append(topics.manifests, partition, [{ value: Buffer.from(JSON.stringify(manifest)) }]);
  }
  await Promise.all([store.close(), writer.close()]);
}

it.each(kinds)('a %s refuses a newest snapshot that is damaged, and recovers from the one before', async (kind) => {
  const before = recoveries(kind).length;
  // Frozen, it takes no newer one before it is killed.
  expect(system.kill(kind, 0, 'SIGSTOP')).toBe(true);
  await damageNewest(kind === 'dispatcher' ? 'state' : 'projection');
  expect(system.kill(kind)).toBe(true);
  await until(`${kind} to recover`, () => recoveries(kind).length >= before + partitions);
  expect(linesOf(kind, 'A snapshot is refused', 'SHA-256').length).toBe(partitions);
  for (const { from } of recoveries(kind).slice(before)) expect(from).toBeGreaterThan(0);
  await system.whenReady(kind);
});

it('shows in Postgres what a fold of the whole log gives, after all of that', async () => {
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
