import { describe, expect, it } from 'vitest';
import { instantMax } from '../instant.js';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition } from '../testing/index.js';

const { single, epochStart } = given;
const chain = given.workflow({ a: [], b: ['a'] }, { b: { delayMs: 300 } });
const [a, b] = [given.taskOf(chain, 'a'), given.taskOf(chain, 'b')];

describe('a run that was delayed', () => {
  it.each([
    ['by a time to come', { runAt: epochStart + 2_000 }],
    ['by milliseconds', { delayMs: 2_000 }],
    ['by both, the later counts', { runAt: epochStart + 1, delayMs: 2_000 }],
  ])('%s, is scheduled until then and queued at that time', (_title, delay) => {
    givenPartition()
      .when(given.singleRequested({}, delay))
      .then(transition(single, 'pending', 'scheduled', { dueAt: epochStart + 2_000, attempt: 0 }))
      .after(1_999)
      .when(given.timersFired(), given.dispatched(single))
      .then(rejection('too-early'), rejection('not-queued'))
      .after(1)
      .when(given.timersFired())
      .then(transition(single, 'scheduled', 'queued', { reason: 'due', at: epochStart + 2_000 }));
  });

  it.each([
    ['a time that has passed', { runAt: epochStart - 1 }],
    ['no time at all', { delayMs: 0 }],
  ])('by %s is queued at once', (_title, delay) => {
    givenPartition()
      .when(given.singleRequested({}, delay))
      .then(transition(single, 'pending', 'queued'));
  });

  it('is cancelled while it waits, and never comes due', () => {
    givenPartition(given.singleRequested({}, { delayMs: 500 }))
      .when(given.cancelled())
      .then(transition(single, 'scheduled', 'cancelled'), ended('cancelled', { reason: 'cancel-requested' }))
      .after(500)
      .when(given.timersFired())
      .then(rejection('too-early'));
  });

  it('counts its schedule-to-close from the time it was delayed to', () => {
    givenPartition(given.requested(chain, { delayMs: 1_000, scheduleToCloseMs: 100 }))
      .after(1_000)
      .when(given.timersFired())
      .then(transition(a, 'scheduled', 'queued'))
      .after(99)
      .when(given.timersFired())
      .then(rejection('too-early'))
      .after(1)
      .when(given.timersFired())
      .then(
        transition(a, 'queued', 'timed_out'),
        transition(b, 'pending', 'timed_out'),
        ended('timed_out', { reason: 'schedule-to-close' }),
      );
  });

  it('beyond all time waits for the last instant there is', () => {
    const partition = givenPartition(given.singleRequested({}, { delayMs: Number.MAX_SAFE_INTEGER }));
    expect(partition.state.timers.nextAt()).toBe(instantMax);
  });
});

describe('a task with a delay of its own', () => {
  it('waits it out after its parents, and its deadlines begin only then', () => {
    givenPartition(given.requested(chain), given.dispatched(a))
      .after(1_000)
      .when(given.finished(a))
      .then(
        transition(a, 'dispatched', 'succeeded'),
        transition(b, 'pending', 'scheduled', { dueAt: epochStart + 1_300 }),
      )
      .after(300)
      .when(given.timersFired())
      .then(transition(b, 'scheduled', 'queued', { reason: 'due' }));
  });

  it('ends with its run when that times out', () => {
    givenPartition(given.requested(chain, { scheduleToCloseMs: 200 }), given.dispatched(a), given.finished(a))
      .after(200)
      .when(given.timersFired())
      .then(transition(b, 'scheduled', 'timed_out'), ended('timed_out', { reason: 'schedule-to-close' }));
  });
});
