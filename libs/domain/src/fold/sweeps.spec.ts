import { describe, expect, it, vi } from 'vitest';
import {
  captureState,
  chooseNext,
  RestoringState,
  touchedMax,
  whyWaiting,
  type SnapshotPart,
  type TaskStatus,
} from '../index.js';
import * as given from '../testing/index.js';
import { digestOf } from '../testing/digest-of.js';
import { givenPartition, rejection, type GivenPartition } from '../testing/index.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const leaves = 25_000;
const names = Array.from({ length: leaves }, (_, index) => `leaf-${index}`);
const wide = given.workflow({
  root: [],
  ...Object.fromEntries(names.map((name) => [name, ['root']])),
  join: names,
});
const root = given.taskOf(wide, 'root');
const join = given.taskOf(wide, 'join');
const count = wide.tasks.length;

function statuses(partition: GivenPartition): Partial<Record<TaskStatus, number>> {
  const run = partition.run();
  const found: Partial<Record<TaskStatus, number>> = {};
  for (let task = 0; task < count; task++) found[run.statusOf(task)] = (found[run.statusOf(task)] ?? 0) + 1;
  return found;
}
/** The next slice, as the owner proposes it. */
function next(partition: GivenPartition) {
  const { done } = partition.run().sweep!;
  return given.swept({ from: done, to: done + touchedMax });
}
function sweepAll(partition: GivenPartition, slicesMax = 100): GivenPartition {
  for (let slice = 0; partition.state.sweeping.size > 0; slice++) {
    expect(slice).toBeLessThan(slicesMax);
    partition.when(next(partition));
    expect(partition.facts.filter(({ fact }) => fact === 'transition').length).toBeLessThanOrEqual(touchedMax);
  }
  return partition;
}
const born = () => givenPartition(...given.requested(wide));
const settled = () => sweepAll(born());
const withRootDone = () => settled().when(given.dispatched(root), given.finished(root));
function restored(partition: GivenPartition) {
  const restoring = new RestoringState();
  for (const part of captureState(partition.state)) restoring.add(JSON.parse(JSON.stringify(part)) as SnapshotPart);
  return restoring.done();
}

describe('a run of more than 10,000 task runs', () => {
  it('comes to be slice by slice, and queues nothing before all its task runs are there', () => {
    const partition = born();
    expect([statuses(partition), partition.state.ready.waiting]).toEqual([{ pending: count }, 0]);
    partition.when(next(partition), next(partition), next(partition));
    expect(statuses(partition)).toEqual({ pending: count });
    expect(statuses(sweepAll(partition))).toEqual({ pending: count - 1, queued: 1 });
    expect(partition.run().sweep).toBeUndefined();
  });

  it('releases more than 10,000 children in slices, and ends when all have', () => {
    const partition = withRootDone();
    expect(statuses(partition)).toEqual({ succeeded: 1, queued: touchedMax, pending: count - touchedMax - 1 });
    expect(statuses(sweepAll(partition, 2))).toEqual({ succeeded: 1, queued: leaves, pending: 1 });
    partition.when(given.workersSeen({ credits: 100_000 }));
    for (let choice = chooseNext(partition.state, 5_000); choice !== undefined;) {
      partition.when(choice, ...choice.entries.map((entry) => given.finished(entry)));
      choice = chooseNext(partition.state, 5_000);
    }
    expect(partition.state.runs.size).toBe(0);
    expect(partition.facts.at(-1)).toMatchObject({ fact: 'ended', status: 'succeeded' });
  });

  it('takes reports while its children are still told', () => {
    const partition = withRootDone();
    const leaf = { run: root.run, task: 1 };
    partition.when(given.dispatched(leaf), given.finished(leaf));
    expect(statuses(sweepAll(partition))).toEqual({ succeeded: 2, queued: leaves - 1, pending: 1 });
    expect(partition.run().columns!.waitsFor[join.task]).toBe(leaves - 1);
  });

  it('skips more than 10,000 children in slices, and has failed with the last', () => {
    const partition = settled().when(given.dispatched(root), given.failed(root, { retryable: false }));
    expect(statuses(partition)).toEqual({ failed: 1, skipped: touchedMax, pending: count - touchedMax - 1 });
    sweepAll(partition);
    expect(partition.state.runs.size).toBe(0);
    expect(partition.facts.at(-1)).toMatchObject({ fact: 'ended', status: 'failed' });
  });

  it('skips along a chain in slices, however long it is', () => {
    const parents = Array.from({ length: 25_000 }, (_, index) => [`t${index}`, index > 0 ? [`t${index - 1}`] : []]);
    const chain = given.workflow(Object.fromEntries(parents) as Record<string, string[]>);
    const partition = sweepAll(givenPartition(...given.requested(chain)));
    partition.when(given.dispatched(root), given.failed(root, { retryable: false }));
    expect(partition.run().open).toBe(25_000 - 1 - touchedMax);
    sweepAll(partition);
    expect(partition.facts.at(-1)).toMatchObject({ fact: 'ended', status: 'failed' });
  });

  it.each([
    ['in the middle of its birth', () => born().when(given.swept())],
    ['while its children are released', withRootDone],
    ['at rest', () => sweepAll(withRootDone())],
  ])('is cancelled in slices %s, and takes nothing else from then on', (_, before) => {
    const partition = before();
    const leaf = { run: root.run, task: 1 };
    partition.when(given.cancelled());
    expect([partition.run().status, chooseNext(partition.state, 10)]).toEqual(['cancelled', undefined]);
    partition.when(given.dispatched(leaf)).then(rejection('run-unknown'));
    partition.when(given.finished(leaf)).then(rejection('run-unknown'));
    partition.when(given.cancelled()).then(rejection('run-unknown'));
    sweepAll(partition);
    expect(partition.facts.at(-1)).toMatchObject({ fact: 'ended', status: 'cancelled', reason: 'cancel-requested' });
    expect([partition.state.runs.size, partition.state.ready.waiting]).toEqual([0, 0]);
  });

  it('has its deadline like any other', () => {
    const partition = givenPartition(...given.requested(wide, { scheduleToCloseMs: 1_000 }));
    sweepAll(partition).after(1_000).when(given.timersFired());
    expect(partition.run().status).toBe('timed_out');
    sweepAll(partition);
    expect(partition.facts.at(-1)).toMatchObject({ fact: 'ended', status: 'timed_out', reason: 'schedule-to-close' });
  });

  it('says of its task runs that they wait for a sweep, as long as one has something to do with them', () => {
    const why = (partition: GivenPartition, task: number) => whyWaiting(partition.state, partition.run(), task)?.reason;
    const partition = born();
    expect([root.task, join.task].map((task) => why(partition, task))).toEqual(['sweep', 'sweep']);
    sweepAll(partition);
    expect([root.task, 1, join.task].map((task) => why(partition, task))).toEqual(['decision', 'parents', 'parents']);
    partition.when(given.dispatched(root), given.finished(root));
    expect([1, leaves, join.task].map((task) => why(partition, task))).toEqual(['decision', 'sweep', 'parents']);
    partition.when(given.cancelled());
    expect([1, leaves, join.task].map((task) => why(partition, task))).toEqual(['sweep', 'sweep', 'sweep']);
  });

  it('is swept by the owner alone, each slice once', () => {
    const partition = born();
    partition.when(given.swept({ epoch: 2 })).then(rejection('epoch-over'));
    partition.when(given.swept({ to: 10_001 })).then(rejection('sweep-out-of-range'));
    partition.when(given.swept({ from: 5, to: 10 })).then(rejection('already-swept'));
    partition.when(given.swept(), given.swept()).then(rejection('already-swept'));
    sweepAll(partition);
    partition.when(given.swept()).then(rejection('nothing-to-sweep'));
  });

  it('is swept on from a snapshot as it would have been without', () => {
    const partition = withRootDone().when(given.dispatched({ run: root.run, task: 7 }));
    const again = restored(partition);
    expect(digestOf(again)).toBe(digestOf(partition.state));
    expect([...again.sweeping].map(({ sweep }) => sweep)).toEqual([partition.run().sweep]);
    partition.when(given.cancelled());
    const closing = restored(partition);
    expect(digestOf(closing)).toBe(digestOf(partition.state));
    expect(closing.ready.waiting).toBe(partition.state.ready.waiting);
  });
});

describe('another band for a run of more than 10,000 task runs', () => {
  const banded = (partition: GivenPartition) => partition.facts.filter(({ fact }) => fact === 'banded').length;
  const bandsOf = ({ state }: GivenPartition) => {
    const bands = [5, 3] as const;
    return bands.map((band) => [...state.ready.rings(band)].reduce((sum, ring) => sum + ring.live, 0));
  };

  it('moves what is queued at once, and is told of slice by slice', () => {
    const partition = sweepAll(withRootDone());
    partition.when(given.prioritized({ band: 5 }));
    expect([banded(partition), bandsOf(partition)]).toEqual([0, [leaves, 0]]);
    for (const expected of [9_999, 10_000, count - 20_000]) {
      partition.when(next(partition));
      expect(banded(partition)).toBe(expected);
    }
    expect([partition.run().sweep, partition.state.sweeping.size]).toEqual([undefined, 0]);
  });

  it('tells of what is still open then, also in a state that was restored in between', () => {
    const partition = sweepAll(withRootDone());
    partition.when(given.prioritized({ band: 5 })).when(next(partition));
    expect(digestOf(restored(partition))).toBe(digestOf(partition.state));
    partition.when(given.dispatched({ ...root, task: 20_001 })).when(next(partition));
    expect(banded(partition)).toBe(10_000);
    partition.when(next(partition));
    expect(banded(partition)).toBe(count - 20_000 - 1);
    expect(partition.run().sweep).toBeUndefined();
  });

  it('waits for no birth, and a cancel in between ends all', () => {
    const partition = born().when(given.prioritized({ band: 5 }));
    expect([banded(partition), partition.run().sweep?.banded]).toEqual([0, undefined]);
    const other = sweepAll(withRootDone()).when(given.prioritized({ band: 5 }), given.cancelled());
    sweepAll(other);
    expect(other.state.runs.size).toBe(0);
  });
});
