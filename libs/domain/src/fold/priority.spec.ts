import { expect, it } from 'vitest';
import type { Band } from '../band.js';
import { chooseNext } from '../scheduling/choose-next.js';
import * as given from '../testing/index.js';
import { givenPartition, rejection, transition, type Fact, type GivenPartition } from '../testing/index.js';

const run = given.runNamed;
const banded = (number: number, band: Band) => given.singleRequested({ band }, { run: run(number) });
const order = ({ state }: GivenPartition) =>
  chooseNext(state, 100)?.entries.map((entry) => [entry.run, entry.task]) ?? [];
const runsOf = (partition: GivenPartition) => order(partition).map(([id]) => id);
const told = (number: number, task: number, band: Band): Fact => ({ fact: 'banded', run: run(number), task, band });
const etl = given.workflow({ extract: [], load: ['extract'], other: [] }, { load: { band: 1 } });
const [extract, load] = [given.taskOf(etl, 'extract'), given.taskOf(etl, 'load')];

it('moves what is queued, with the age that it has', () => {
  const partition = givenPartition(banded(1, 4), banded(2, 1), banded(3, 4), banded(4, 4));
  partition.when(given.prioritized({ run: run(2), band: 4 })).then(told(2, 0, 4));
  expect(runsOf(partition)).toEqual([1, 2, 3, 4].map(run));
});

it('keeps the time that it has waited, so that it is promoted as if it had always been there', () => {
  const partition = givenPartition(banded(1, 1)).after(5_000).when(banded(2, 4));
  partition.when(given.prioritized({ run: run(1), band: 3 }));
  expect(runsOf(partition)).toEqual([1, 2].map(run));
});

it('reaches what is not queued yet when it comes, over its definition', () => {
  const partition = givenPartition(given.requested(etl), given.dispatched(extract), given.prioritized({ band: 4 }));
  expect(partition.run().bandOf(load.task)).toBe(4);
  partition.when(banded(2, 3), given.finished(extract));
  expect(order(partition)[0]).toEqual([given.run1, 2]);
  expect(order(partition)[1]).toEqual([given.run1, load.task]);
});

it('leaves an attempt in flight on its topic, and the next one goes to the new', () => {
  const partition = givenPartition(banded(1, 3), given.dispatched(given.single));
  partition.when(given.prioritized()).then();
  expect(partition.run().inFlight.get(0)?.band).toBe(3);
  partition.when(given.returned(given.single), given.dispatched(given.single, { attempt: 2 }));
  expect(partition.run().inFlight.get(0)?.band).toBe(5);
});

it('may be for one task run, and the next for the whole run takes its place', () => {
  const partition = givenPartition(given.requested(etl));
  partition.when(given.prioritized({ task: 2, band: 5 })).then(told(1, 2, 5));
  expect([0, 1, 2].map((task) => partition.run().bandOf(task))).toEqual([3, 1, 5]);
  partition
    .when(given.prioritized({ band: 2, command: 'priority-2' }))
    .then(told(1, 0, 2), told(1, 1, 2), told(1, 2, 2));
});

it('is harmless twice, and where the band is the same', () => {
  const partition = givenPartition(banded(1, 3), given.prioritized());
  partition.when(given.prioritized()).then();
  partition.when(given.prioritized({ command: 'priority-2' })).then();
  expect(partition.state.ready.waiting).toBe(1);
});

it('is rejected for a run that is unknown or has ended, and for a task that it does not have', () => {
  const partition = givenPartition(banded(1, 3));
  partition.when(given.prioritized({ run: run(2) })).then(rejection('run-unknown'));
  partition.when(given.prioritized({ task: 1 })).then(rejection('task-unknown'));
  partition
    .when(given.cancelled(), given.prioritized())
    .then(
      transition(given.single, 'queued', 'cancelled'),
      { fact: 'ended', run: given.run1, status: 'cancelled', reason: 'cancel-requested' },
      rejection('run-unknown'),
    );
});

it('keeps a wide run in the order of queueing, there and back again', () => {
  const wide = given.workflow(Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`t${index}`, []])));
  const partition = givenPartition(banded(10, 4), given.requested(wide), banded(11, 4));
  const ring = (band: Band) => [...partition.state.ready.rings(band)].flatMap((each) => [...each.waiting()]);
  for (const band of [4, 1, 4] as const) {
    partition.when(given.prioritized({ band }));
    expect(partition.state.ready.waiting).toBe(3_002);
  }
  const seqs = ring(4).map(({ seq }) => seq);
  expect(seqs).toEqual([...seqs].sort((one, other) => one - other));
  expect([seqs.length, ring(3).length, ring(1).length]).toEqual([3_002, 0, 0]);
});
