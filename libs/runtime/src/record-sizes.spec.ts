import { touchedMax, type Event, type Json, type Outcome } from '@millrace/domain';
import { cancelled, pinnedInParts, prioritized, saved, workflow, workflowRequested } from '@millrace/domain/testing';
import { limits } from '@millrace/protocol';
import { expect, it, vi } from 'vitest';
import { chunkBytesMax } from './snapshot-codec.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import { SnapshotRecovery } from './snapshot-recovery.js';
import { topics } from './testing/dispatch-given-owner.js';
import { DispatchSystem } from './testing/dispatch-system.js';
import { TopicSnapshotStore } from './topic-snapshot-store.js';

/** Generous: the machine may be busy, and only the test's own clock is waited for. */
vi.setConfig({ testTimeout: 120_000 });

/** What a frame and its record have around their items. */
const envelopeBytes = 4 * 1024;
const longName = (index: number): string => `${index}-`.padEnd(128, 'n');
/** As long as a payload may be, in a script of three bytes a letter. */
const largest: Json = '日'.repeat(Math.floor((limits.payloadBytesMax - 2) / 3));

async function systemWithSnapshots(): Promise<DispatchSystem> {
  const system = await new DispatchSystem().begun();
  const { log, journal, clock } = system;
  const store = new TopicSnapshotStore({ reader: log.reader(), writer: log, trimmer: log, topics, journal });
  const recovery = new SnapshotRecovery({ store, reader: log.reader(), topics, journal });
  const keeper = new SnapshotKeeper({ store, content: 'state', clock, journal, everyEntries: 2_000 });
  await system.dispatcher(undefined, { recovery, keeper });
  return system;
}

function sizes({ log }: DispatchSystem, topic: string): number[] {
  return log.partition(topic, 0).records.map(({ value }) => value?.byteLength ?? 0);
}

const largestOf = (all: readonly number[]): number => all.reduce((most, size) => Math.max(most, size), 0);

it('keeps every record of runs over 10,000 task runs within the limits: births, sweeps, decisions, cancels, snapshots', async () => {
  const leaves = Array.from({ length: touchedMax + 500 }, (_, index) => longName(index));
  const wide = workflow({ root: [], ...Object.fromEntries(leaves.map((leaf) => [leaf, ['root']])), join: leaves });
  const system = await systemWithSnapshots();
  system.worker(undefined, { credits: 4_000 });
  const parts = Math.ceil(JSON.stringify(wide).length / (limits.workflowPartCharsMax - 1_024));
  for (const part of pinnedInParts(wide, parts)) system.request(0, part);
  const [cut, whole] = [system.runId(), system.runId()];
  system.request(0, workflowRequested(wide, { run: cut }));
  await system.until('the first leaves to be dispatched', () => system.events('TasksDispatched').length > 1);
  system.request(0, prioritized({ run: cut, band: 5 }));
  await system.pass(40);
  system.request(0, cancelled({ run: cut }), workflowRequested(wide, { run: whole }));
  await system.ended();
  expect(system.events('RunSwept').length).toBeGreaterThan(4);
  expect(largestOf(sizes(system, topics.log))).toBeLessThanOrEqual(limits.frameBytesMax + envelopeBytes);
  const [chunks, manifests] = [sizes(system, topics.snapshots), sizes(system, topics.manifests)];
  expect(chunks.length).toBeGreaterThan(0);
  expect(largestOf(chunks)).toBeLessThanOrEqual(chunkBytesMax);
  expect(largestOf(manifests)).toBeLessThanOrEqual(limits.recordBytesMax);
  expect(largestOf(taskSizes(system))).toBeLessThanOrEqual(limits.taskRecordBytesMax + envelopeBytes);
});

it('keeps every record within the limits where each payload is as long as it may be', async () => {
  const chain = workflow({ first: [], second: ['first'], third: ['second'] });
  const outcome: Outcome = { kind: 'succeeded', result: largest };
  const system = await systemWithSnapshots();
  system.worker(({ attempt, task }) => (task === 1 && attempt === 1 ? 'return' : { afterMs: 10, outcome }));
  const run = system.runId();
  const events: Event[] = [...pinnedInParts(chain, 1), workflowRequested(chain, { run, input: largest })];
  system.request(0, ...events);
  await system.until('the second task to be dispatched', () => system.copies.has(`${run}/1/1`));
  system.request(0, saved({ run, task: 1 }, largest));
  await system.ended();
  expect(largestOf(sizes(system, topics.log))).toBeLessThanOrEqual(limits.itemBytesMax + envelopeBytes);
  const tasks = taskSizes(system);
  expect(largestOf(tasks)).toBeGreaterThan(2 * (limits.payloadBytesMax - 8));
  expect(largestOf(tasks)).toBeLessThanOrEqual(limits.recordBytesMax - envelopeBytes);
});

function taskSizes(system: DispatchSystem): number[] {
  const bands = ['critical', 'high', 'normal', 'low', 'background'] as const;
  const records = bands.flatMap((band) =>
    [0, 1, 2, 3].flatMap((partition) => system.log.partition(topics.tasks('default', band), partition).records),
  );
  return records.map(({ value }) => value?.byteLength ?? 0);
}
