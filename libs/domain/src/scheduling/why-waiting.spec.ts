import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import {
  bandsHighestFirst,
  chooseNext,
  isLive,
  isTerminal,
  taskStatuses,
  whyWaiting,
  type PartitionState,
  type Run,
  type WaitReason,
} from '../index.js';
import * as given from '../testing/index.js';
import { givenPartition, type GivenPartition } from '../testing/index.js';
import { RandomLog, type Draw } from '../testing/random-log.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const { single, run1 } = given;
const later = given.epochStart + 60_000;
const flow = given.workflow({ a: [], b: ['a'] });
const why = (partition: GivenPartition, task = 0) => whyWaiting(partition.state, partition.run(), task);

it.each<[string, GivenPartition, object, number?]>([
  ['for parents', givenPartition(...given.requested(flow)), { reason: 'parents' }, 1],
  ['for its time', givenPartition(given.singleRequested({}, { runAt: later })), { reason: 'time', until: later }],
  ['in a paused run', givenPartition(given.singleRequested(), given.paused()), { reason: 'paused' }],
  ['for a worker that serves its handler', givenPartition(given.singleRequested({ handler: 'other' })), { reason: 'no-worker-serves-handler' }],
  ['for a worker that serves its queue', givenPartition(given.singleRequested({ queue: 'other' })), { reason: 'no-worker-serves-handler' }],
  ['for a worker after its own was lost', givenPartition(given.singleRequested(), given.dispatched(single), given.workerLost()), { reason: 'no-worker-serves-handler' }],
  ['for credit', givenPartition(given.workersSeen({ credits: 0 }), given.singleRequested()), { reason: 'no-credit' }],
  ['for its turn, until its deadline', givenPartition(given.singleRequested({ scheduleToStartMs: 60_000 })), { reason: 'decision', until: later }],
  ['for its start', givenPartition(given.singleRequested(), given.dispatched(single)), { reason: 'start', worker: given.w1 }],
  ['for its handler', givenPartition(given.singleRequested(), given.dispatched(single), given.started(single)), { reason: 'handler', worker: given.w1 }],
  ['for its handler, until its deadline', givenPartition(given.singleRequested({}, { scheduleToCloseMs: 60_000 }), given.dispatched(single), given.started(single)), { reason: 'handler', worker: given.w1, until: later }],
  ['for the end of its back-off', givenPartition(given.singleRequested(), given.dispatched(single), given.failed(single)), { reason: 'back-off', until: given.epochStart + 500 }],
])('says of a task run that it waits %s', (_what, partition, expected, task = 0) => {
  expect(why(partition, task)).toEqual(expected);
}); // prettier-ignore

it('says nothing of what has ended', () => {
  const partition = givenPartition(...given.requested(flow), given.dispatched({ run: run1, task: 0 }));
  partition.when(given.finished({ run: run1, task: 0 }));
  expect(why(partition)).toBeUndefined();
});

/** Whatever moves it is there: a timer, an attempt that its worker holds, a place in the line, a parent that waits itself. */
function isMoved(
  state: PartitionState,
  run: Run,
  task: number,
  reason: WaitReason,
  until: number | undefined,
): boolean {
  const timers = Array.from(state.timers.live(), ({ timer }) => timer);
  const hasTimer = timers.some((timer) => timer.run === run && timer.at === until);
  if (until !== undefined && !hasTimer) return false;
  switch (reason) {
    case 'parents': {
      const { parents, parentFrom } = run.dag;
      const above = [...parents.slice(parentFrom[task], parentFrom[task + 1])];
      return run.judgeJoin(task) === 'wait' && above.some((parent) => !isTerminal(run.statusOf(parent)));
    }
    case 'time':
    case 'back-off':
      return hasTimer;
    case 'start':
    case 'handler': {
      const attempt = run.inFlight.get(task)!;
      const worker = state.workers.get(attempt.worker);
      return worker?.lostAt === undefined && worker?.inFlight.has(attempt) === true;
    }
    case 'paused':
      return [...state.ready.paused.entries()].filter((each) => isLive(each) && each.run === run && each.task === task).length === 1; // prettier-ignore
    default: {
      const waiting = bandsHighestFirst.flatMap((band) => [...state.ready.rings(band)].flatMap((ring) => [...ring.waiting()])); // prettier-ignore
      const places = waiting.filter((each) => each.run === run && each.task === task).length;
      return places === 1 && (reason !== 'decision' || chooseNext(state, 1) !== undefined);
    }
  }
}

it('in no state that a log can lead to does anything wait unseen: each has what moves it, or a reason that somebody can read', () => {
  const number = fc.nat(1_000_000);
  const draw: fc.Arbitrary<Draw> = fc.record({ move: fc.nat(22), a: number, b: number, c: number });
  const reached = new Set<string>();
  const draws = fc.array(draw, { minLength: 50, maxLength: 150, size: 'max' });
  for (const moves of fc.sample(draws, { numRuns: 150, seed: 11 })) {
    const log = new RandomLog();
    for (const [index, move] of moves.entries()) {
      log.play(move);
      if (index % 10 > 0) continue;
      for (const run of log.state.runs.values()) {
        for (let task = 0; task < run.dag.tasks.length; task++) {
          const status = run.statusOf(task);
          const found = whyWaiting(log.state, run, task);
          expect(found === undefined).toBe(isTerminal(status));
          if (found === undefined) continue;
          const { reason, until } = found;
          expect([status, reason, isMoved(log.state, run, task, reason, until)]).toEqual([status, reason, true]);
          reached.add(status).add(reason);
        }
      }
    }
  }
  const reasons: Record<Exclude<WaitReason, 'no-worker-serves-handler' | 'sweep'>, true> = {
    ...{ parents: true, time: true, 'back-off': true, paused: true, 'no-credit': true },
    ...{ decision: true, start: true, handler: true },
  };
  const open = taskStatuses.filter((status) => !isTerminal(status));
  expect([...open, ...Object.keys(reasons)].filter((each) => !reached.has(each))).toEqual([]);
});
