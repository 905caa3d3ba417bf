import { describe, expect, it } from 'vitest';
import { instantMax } from '../instant.js';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition } from '../testing/index.js';

const { single, epochStart } = given;
const startBy = {
  name: 'ScheduleToStartTimeout',
  message: 'Expected a worker to start it within 500 ms of its queueing, but none did.',
};
const late = { reason: 'schedule-to-start', error: startBy };

describe('schedule-to-start', () => {
  const waiting = () => givenPartition(given.singleRequested({ scheduleToStartMs: 500 }));

  it('times out what nobody took, at its time and not before', () => {
    waiting()
      .after(499)
      .when(given.timersFired())
      .then(rejection('too-early'))
      .after(1)
      .when(given.timersFired())
      .then(transition(single, 'queued', 'timed_out', { ...late, attempt: 0, at: epochStart + 500 }), ended('failed'))
      .thenState(({ ready, timers }) => expect([ready.waiting, timers.nextAt()]).toEqual([0, undefined]));
  });

  it('times out what was dispatched and not started, and a late report is refused', () => {
    waiting()
      .when(given.dispatched(single))
      .after(500)
      .when(given.timersFired(), given.finished(single))
      .then(
        transition(single, 'dispatched', 'timed_out', { ...late, attempt: 1, worker: given.w1 }),
        ended('failed'),
        rejection('run-unknown'),
      )
      .thenState(({ workers }) => expect(workers.get(given.w1)?.inFlight.size).toBe(0));
  });

  it('is met by a start', () => {
    waiting()
      .when(given.dispatched(single), given.started(single))
      .after(10_000)
      .when(given.timersFired())
      .then(rejection('too-early'));
  });

  it('goes on counting when an attempt comes back that was not started', () => {
    waiting()
      .after(400)
      .when(given.dispatched(single), given.returned(single))
      .after(100)
      .when(given.timersFired())
      .then(transition(single, 'queued', 'timed_out', late), ended('failed'));
  });

  it('begins anew after a start that came to nothing, and after a back-off', () => {
    waiting()
      .when(given.dispatched(single), given.started(single))
      .after(400)
      .when(given.workerLost(), given.workersSeen({ worker: 'worker-2' }))
      .then(transition(single, 'running', 'queued'))
      .after(499)
      .when(given.timersFired())
      .then(rejection('too-early'))
      .when(
        given.dispatched(single, { attempt: 2, worker: 'worker-2' }),
        given.failed(single, { attempt: 2, worker: 'worker-2' }),
      )
      .then(transition(single, 'queued', 'dispatched'), transition(single, 'dispatched', 'backing_off'))
      .after(500)
      .when(given.timersFired())
      .then(transition(single, 'backing_off', 'queued'))
      .after(500)
      .when(given.timersFired())
      .then(transition(single, 'queued', 'timed_out', late), ended('failed'));
  });
});

describe('schedule-to-close', () => {
  const running = () => givenPartition(given.singleRequested({ scheduleToCloseMs: 700 }), given.dispatched(single));
  const over = { reason: 'schedule-to-close' };

  it('times out what runs', () => {
    running()
      .when(given.started(single))
      .after(700)
      .when(given.timersFired())
      .then(transition(single, 'running', 'timed_out', { ...over, worker: given.w1 }), ended('failed'));
  });

  it('counts from the first queueing, over all attempts', () => {
    running()
      .when(given.failed(single))
      .after(500)
      .when(given.timersFired())
      .then(transition(single, 'backing_off', 'queued'))
      .after(200)
      .when(given.timersFired())
      .then(transition(single, 'queued', 'timed_out', over), ended('failed'));
  });

  it('ends a back-off that is longer', () => {
    running()
      .when(given.failed(single, { chance: 1_000_000 }))
      .after(700)
      .when(given.timersFired())
      .then(transition(single, 'backing_off', 'timed_out', over), ended('failed'));
  });

  it('of a task below counts from when that is queued', () => {
    const chain = given.workflow({ a: [], b: ['a'] }, { b: { scheduleToCloseMs: 100 } });
    const [a, b] = [given.taskOf(chain, 'a'), given.taskOf(chain, 'b')];
    givenPartition(given.requested(chain), given.dispatched(a))
      .after(1_000)
      .when(given.timersFired(), given.finished(a))
      .then(rejection('too-early'), transition(a, 'dispatched', 'succeeded'), transition(b, 'pending', 'queued'))
      .after(100)
      .when(given.timersFired())
      .then(transition(b, 'queued', 'timed_out', over), ended('failed'));
  });

  it('is failure to the joins below', () => {
    const chain = given.workflow(
      { a: [], b: ['a'], c: ['a'] },
      { a: { scheduleToCloseMs: 100 }, c: { join: 'all_done' } },
    );
    const [a, b, c] = ['a', 'b', 'c'].map((id) => given.taskOf(chain, id)) as [
      given.TaskRef,
      given.TaskRef,
      given.TaskRef,
    ];
    givenPartition(given.requested(chain))
      .after(100)
      .when(given.timersFired())
      .then(
        transition(a, 'queued', 'timed_out', over),
        transition(b, 'pending', 'skipped', { reason: 'upstream_failed' }),
        transition(c, 'pending', 'queued'),
      );
  });

  it('that no clock can hold is the last instant there is', () => {
    const partition = givenPartition(given.singleRequested({ scheduleToCloseMs: Number.MAX_SAFE_INTEGER }));
    expect(partition.run().closeBy.get(0)).toBe(instantMax);
  });
});

describe("a run's own schedule-to-close", () => {
  const chain = given.workflow({ a: [], b: ['a'], c: [] });
  const [a, b, c] = ['a', 'b', 'c'].map((id) => given.taskOf(chain, id)) as [
    given.TaskRef,
    given.TaskRef,
    given.TaskRef,
  ];
  const begun = () => givenPartition(given.requested(chain, { scheduleToCloseMs: 800 }), given.dispatched(a));
  const reason = 'schedule-to-close';

  it('ends everything that is open, and the run, as timed out', () => {
    begun()
      .after(800)
      .when(given.timersFired())
      .then(
        transition(a, 'dispatched', 'timed_out', { reason, worker: given.w1 }),
        transition(b, 'pending', 'timed_out', { reason }),
        transition(c, 'queued', 'timed_out', { reason }),
        ended('timed_out', { reason }),
      )
      .thenState(({ runs, timers }) => expect([runs.size, timers.nextAt()]).toEqual([0, undefined]));
  });

  it('is gone with the run', () => {
    begun().when(given.cancelled()).after(800).when(given.timersFired()).then(rejection('too-early'));
  });
});

it('deadlines that were met do not pile up', () => {
  const partition = givenPartition();
  for (let number = 1; number <= 5_000; number++) {
    const run = given.runNamed(number);
    const ref = { run, task: 0 };
    const task = { scheduleToStartMs: 1_000_000, scheduleToCloseMs: 1_000_000 };
    partition.when(given.singleRequested(task, { run }), given.dispatched(ref), given.finished(ref));
  }
  expect(partition.state.timers.size).toBeLessThanOrEqual(1_024);
});
