import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { ownedLines } from './owned-lines.js';
import { readHeartbeat } from './read-heartbeat.js';

const run = given.runNamed;
const single = (number: number, task: object) => given.singleRequested(task, { run: run(number) });
const ref = (number: number) => ({ run: run(number), task: 0 });

it('tells what waits and since when, and what is in flight, by queue and band', () => {
  const partition = given.givenPartition(
    single(1, { handler: 'other' }),
    single(2, { queue: 'slow', band: 1 }),
    ...[3, 4, 5].map((number) => single(number, { band: 5 })),
    given.dispatched(ref(3)),
    given.dispatched(ref(4)),
    given.started(ref(4)),
  );
  partition.after(1_000).when(single(6, {}), single(7, {}), given.prioritized({ run: run(3), band: 1 }));
  const since = given.epochStart;
  expect(ownedLines(partition.state)).toEqual([
    { queue: 'default', band: 3, waiting: 3, since, dispatched: 0, running: 0 },
    { queue: 'default', band: 5, waiting: 1, since, dispatched: 1, running: 1 },
    { queue: 'slow', band: 1, waiting: 1, since, dispatched: 0, running: 0 },
  ]);
});

it('counts nothing of a paused run as waiting, and tells nothing where there is nothing', () => {
  const { state } = given.givenPartition(single(1, {}), given.paused());
  expect(ownedLines(state)).toEqual([]);
});

it('is read back, and refused with a band that is none', () => {
  const owned = { partition: 0, epoch: 1, position: 1, entries: 1, waiting: 1, pinned: [] };
  const line = { queue: 'default', band: 3, waiting: 1, since: 1, dispatched: 0, running: 0 };
  const read = (over: object) =>
    readHeartbeat(
      Buffer.from(
        JSON.stringify({
          ...{ v: 1, kind: 'dispatcher', id: 'd', at: 1, knows: 1 },
          partitions: [{ ...owned, lines: [{ ...line, ...over }] }],
        }),
      ),
    );
  expect(read({})).toMatchObject({ partitions: [{ lines: [line] }] });
  expect([read({ band: 6 }), read({ waiting: -1 }), read({ queue: '' })]).toEqual([undefined, undefined, undefined]);
});
