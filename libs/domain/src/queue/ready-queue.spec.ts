import { expect, it, vi } from 'vitest';
import * as given from '../testing/index.js';
import { givenPartition } from '../testing/index.js';
import { ReadyRing, type ReadyEntry } from './ready-ring.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

it('forgets what was cancelled behind a task run that waits for ever', () => {
  const partition = givenPartition(given.singleRequested({ handler: 'unserved' }));
  for (let number = 2; number < 4_000; number++) {
    const run = given.runNamed(number);
    partition.when(given.singleRequested({ handler: 'unserved' }, { run }), given.cancelled({ run }));
  }
  const [ring] = partition.state.ready.rings(3);
  expect([ring!.live, [...ring!.waiting()].length, partition.state.ready.waiting]).toEqual([1, 1, 1]);
  expect(ring!.size).toBeLessThan(1_100);
});

it('keeps the order of what waits when it drops what is stale', () => {
  const partition = givenPartition();
  const run = (number: number): string => given.runNamed(number);
  const all = Array.from({ length: 2_000 }, (_, index) => index + 1);
  for (const number of all) partition.when(given.singleRequested({}, { run: run(number) }));
  for (const number of all) if (number % 5 > 0) partition.when(given.cancelled({ run: run(number) }));
  const [ring] = partition.state.ready.rings(3);
  expect([...ring!.waiting()].map((entry) => entry.run.id)).toEqual(all.filter((number) => number % 5 === 0).map(run));
});

it('keeps the order of thousands through pauses, and forgets those at the head', () => {
  const partition = givenPartition();
  const run = (number: number): string => given.runNamed(number);
  const all = Array.from({ length: 5_000 }, (_, index) => index + 1);
  for (const number of all) partition.when(given.singleRequested({}, { run: run(number) }));
  const aside = all.filter((number) => number % 613 === 0);
  for (const number of aside) partition.when(given.paused({ run: run(number) }));
  const [ring] = partition.state.ready.rings(3);
  const waiting = (): readonly string[] => [...ring!.waiting()].map((entry) => entry.run.id);
  expect(waiting()).toEqual(all.filter((number) => !aside.includes(number)).map(run));
  for (const number of aside.toReversed()) partition.when(given.resumed({ run: run(number) }));
  expect(waiting()).toEqual(all.map(run));
  for (const number of all.slice(0, 4_000)) partition.when(given.cancelled({ run: run(number) }));
  expect(waiting()).toEqual(all.slice(4_000).map(run));
  expect(ring!.size).toBeLessThan(2_050);
});

it('is gone with its last task run', () => {
  const partition = givenPartition(given.singleRequested(), given.cancelled());
  expect([...partition.state.ready.rings(3)]).toEqual([]);
  expect(new ReadyRing('default', 3, 'work').waiting().next()).toEqual({
    done: true,
    value: undefined as ReadyEntry | undefined,
  });
});
