import { describe, expect, it } from 'vitest';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition } from '../testing/index.js';
import { timersPerEventMax } from './timers-fired.js';

const { single, boom, epochStart } = given;
const running = (task = {}) => givenPartition(given.singleRequested(task), given.dispatched(single));

describe('an execution that fails', () => {
  it('backs off by the share of the delay that its worker drew', () => {
    running()
      .when(given.failed(single, { chance: 250_000 }))
      .then(
        transition(single, 'dispatched', 'backing_off', { dueAt: epochStart + 250, error: boom, reason: 'failed' }),
      );
  });

  it('backs off alike when its worker ended it at start-to-close', () => {
    running()
      .when(given.started(single), given.timedOut(single))
      .then(
        transition(single, 'dispatched', 'running'),
        transition(single, 'running', 'backing_off', { dueAt: epochStart + 500, reason: 'timed_out' }),
      );
  });

  it('waits longer after each failure', () => {
    running()
      .when(given.failed(single))
      .after(500)
      .when(given.timersFired(), given.dispatched(single, { attempt: 2 }), given.failed(single, { attempt: 2 }))
      .then(
        transition(single, 'backing_off', 'queued', { reason: 'retry-due', at: epochStart + 500 }),
        transition(single, 'queued', 'dispatched', { attempt: 2 }),
        transition(single, 'dispatched', 'backing_off', { dueAt: epochStart + 500 + 1_000 }),
      );
  });

  it('has failed where no retry could help', () => {
    running()
      .when(given.failed(single, { retryable: false }))
      .then(transition(single, 'dispatched', 'failed', { error: boom }), ended('failed'));
  });

  it.each([false, true])('has failed alike after its start was logged: %s', (isStarted) => {
    const partition = running({ retry: { failuresMax: 1 } });
    if (isStarted) partition.when(given.started(single));
    partition
      .when(given.failed(single, { retryable: false }))
      .then(transition(single, isStarted ? 'running' : 'dispatched', 'failed'), ended('failed'));
  });

  it.each([false, true])('is dead-lettered when its retries are spent, started: %s', (isStarted) => {
    const partition = running({ retry: { failuresMax: 1 } });
    if (isStarted) partition.when(given.started(single));
    partition
      .when(given.failed(single))
      .then(transition(single, isStarted ? 'running' : 'dispatched', 'dead_lettered'), ended('failed'));
  });

  it.each([false, true])('has timed out when the last one ended at start-to-close, started: %s', (isStarted) => {
    const partition = running({ retry: { failuresMax: 1 } });
    if (isStarted) partition.when(given.started(single));
    partition
      .when(given.timedOut(single))
      .then(transition(single, isStarted ? 'running' : 'dispatched', 'timed_out'), ended('failed'));
  });

  it('is followed by its third and last, however often it was handed back between', () => {
    const partition = running();
    let attempt = 1;
    for (const _failure of [1, 2]) {
      partition
        .when(given.returned(single, { attempt }), given.dispatched(single, { attempt: attempt + 1 }))
        .when(given.failed(single, { attempt: attempt + 1 }))
        .after(60_000)
        .when(given.timersFired(), given.dispatched(single, { attempt: attempt + 2 }));
      attempt += 2;
    }
    expect(partition.run().failuresOf(0)).toBe(2);
    partition
      .when(given.failed(single, { attempt }))
      .then(transition(single, 'dispatched', 'dead_lettered'), ended('failed'));
  });

  it('is told once: a second report of the attempt is over', () => {
    running()
      .when(given.failed(single), given.finished(single))
      .then(transition(single, 'dispatched', 'backing_off'), rejection('attempt-over'));
  });
});

describe('a retry policy', () => {
  it('of fixed delays waits the same each time', () => {
    running({ retry: { policy: 'fixed', delayMs: 2_000 } })
      .when(given.failed(single, { chance: 1 }))
      .then(transition(single, 'dispatched', 'backing_off', { dueAt: epochStart + 2_000 }))
      .after(2_000)
      .when(given.timersFired(), given.dispatched(single, { attempt: 2 }), given.timedOut(single, { attempt: 2 }))
      .then(
        transition(single, 'backing_off', 'queued'),
        transition(single, 'queued', 'dispatched'),
        transition(single, 'dispatched', 'backing_off', { dueAt: epochStart + 4_000 }),
      );
  });

  it('gives way to the delay that the handler asks for', () => {
    running()
      .when(given.failed(single, { retryAfterMs: 120_000 }))
      .then(transition(single, 'dispatched', 'backing_off', { dueAt: epochStart + 120_000 }));
  });

  it('spends no more than its retries, whatever the handler asks for', () => {
    running({ retry: { failuresMax: 1 } })
      .when(given.failed(single, { retryAfterMs: 1 }))
      .then(transition(single, 'dispatched', 'dead_lettered'), ended('failed'));
  });

  it('names errors that no retry could help', () => {
    const error = { name: 'CardRefused', message: 'no' };
    running({ retry: { nonRetryable: ['CardRefused'] } })
      .when(given.failed(single, { error }))
      .then(transition(single, 'dispatched', 'failed', { error }), ended('failed'));
    running({ retry: { nonRetryable: ['CardRefused'] } })
      .when(given.failed(single))
      .then(transition(single, 'dispatched', 'backing_off'));
  });

  it('with a total budget makes no retry that would begin after it, counted from the first queueing', () => {
    const retry = { policy: 'fixed', delayMs: 1_000, failuresMax: 100, totalMs: 2_500 } as const;
    const partition = givenPartition(given.singleRequested({ retry }, { delayMs: 9_000 })).after(9_000);
    partition.when(given.timersFired());
    for (const attempt of [1, 2]) {
      partition
        .when(given.dispatched(single, { attempt }), given.failed(single, { attempt }))
        .then(transition(single, 'queued', 'dispatched'), transition(single, 'dispatched', 'backing_off'))
        .after(1_000)
        .when(given.timersFired());
    }
    partition
      .when(given.dispatched(single, { attempt: 3 }), given.failed(single, { attempt: 3 }))
      .then(
        transition(single, 'queued', 'dispatched'),
        transition(single, 'dispatched', 'dead_lettered'),
        ended('failed'),
      );
  });
});

describe('a timer', () => {
  it('never fires early, whatever the proposal says', () => {
    running()
      .when(given.failed(single))
      .after(499)
      .when(given.timersFired())
      .then(rejection('too-early'))
      .after(1)
      .when(given.timersFired({ until: epochStart + 499 }), given.timersFired({ until: epochStart + 500 }))
      .then(rejection('too-early'), transition(single, 'backing_off', 'queued'));
  });

  it('fires once', () => {
    running()
      .when(given.failed(single))
      .after(500)
      .when(given.timersFired(), given.timersFired())
      .then(transition(single, 'backing_off', 'queued'), rejection('too-early'));
  });

  it('of a run that was cancelled is gone', () => {
    running()
      .when(given.failed(single), given.cancelled())
      .after(10_000)
      .when(given.timersFired())
      .then(rejection('too-early'));
  });

  it('fires in the order of due time, at most 1,000 by one event', () => {
    const parents = Object.fromEntries(Array.from({ length: timersPerEventMax + 1 }, (_, index) => [`t${index}`, []]));
    const wide = given.workflow(parents);
    const refs = wide.tasks.map(({ id }) => given.taskOf(wide, id));
    const partition = givenPartition(
      given.requested(wide),
      given.dispatchedAll(refs.map((ref) => ({ ...ref, attempt: 1, worker: given.w1, to: 0 }))),
      refs.map((ref) => given.failed(ref, { chance: (timersPerEventMax - ref.task) * 1_000 })),
    ).after(1_000);
    const fired = () =>
      partition.when(given.timersFired()).facts.flatMap((fact) => (fact.fact === 'transition' ? [fact.task] : []));
    expect(fired()).toEqual(
      refs
        .map(({ task }) => task)
        .reverse()
        .slice(0, timersPerEventMax),
    );
    expect(fired()).toEqual([0]);
  });
});
