import { describe, expect, it } from 'vitest';
import * as given from '../testing/index.js';
import { ended, givenPartition, transition } from '../testing/index.js';

const flow = given.workflow(
  {
    check: [],
    clean: [{ id: 'check', when: 'result.rows > 0' }],
    alert: [{ id: 'check', when: 'result.rows == 0' }],
    load: ['clean'],
    done: ['load', 'alert'],
  },
  { done: { join: 'none_failed' } },
);
const [check, clean, alert, load, done] = ['check', 'clean', 'alert', 'load', 'done'].map((id) =>
  given.taskOf(flow, id),
) as [given.TaskRef, given.TaskRef, given.TaskRef, given.TaskRef, given.TaskRef];
const succeeded = (taken?: readonly number[]) => ({
  outcome: { kind: 'succeeded' as const, ...(taken !== undefined && { taken }) },
});
const running = () => givenPartition(given.requested(flow), given.dispatched(check));

describe('an edge with a condition', () => {
  it('is followed where the report takes it, and what hangs on the others is skipped as a branch', () => {
    running()
      .when(given.finished(check, succeeded([alert.task])))
      .then(
        transition(check, 'dispatched', 'succeeded'),
        transition(clean, 'pending', 'skipped', { reason: 'branch' }),
        transition(alert, 'pending', 'queued'),
        transition(load, 'pending', 'skipped', { reason: 'branch' }),
      );
  });

  it('that was not taken leaves a run that succeeds', () => {
    running()
      .when(given.finished(check, succeeded([alert.task])), given.dispatched(alert), given.finished(alert))
      .when(given.dispatched(done), given.finished(done))
      .then(transition(done, 'queued', 'dispatched'), transition(done, 'dispatched', 'succeeded'), ended('succeeded'));
  });

  it.each([
    ['a report that takes none', succeeded([])],
    ['a report that does not say which it takes', succeeded()],
    ['a report that takes what is no child, and a child twice', succeeded([99, check.task, load.task, load.task])],
  ])('is not taken by %s', (_title, over) => {
    const partition = running();
    const run = partition.run();
    partition.when(given.finished(check, over));
    expect([clean, alert, load, done].map(({ task }) => run.statusOf(task))).toEqual(
      ['skipped', 'skipped', 'skipped', 'queued'],
    ); // prettier-ignore
  });

  it('fails like any other when its parent fails, whatever its condition', () => {
    running()
      .when(given.failed(check, { retryable: false }))
      .then(
        transition(check, 'dispatched', 'failed'),
        transition(clean, 'pending', 'skipped', { reason: 'upstream_failed' }),
        transition(alert, 'pending', 'skipped', { reason: 'upstream_failed' }),
        transition(done, 'pending', 'skipped', { reason: 'upstream_failed' }),
        transition(load, 'pending', 'skipped', { reason: 'upstream_failed' }),
        ended('failed'),
      );
  });

  it('is decided once: a second report changes nothing', () => {
    const partition = running();
    partition.when(given.finished(check, succeeded([alert.task])), given.finished(check, succeeded([clean.task])));
    expect([clean, alert].map((ref) => partition.statusOf(ref))).toEqual(['skipped', 'queued']);
  });
});

it('an edge without a condition is taken beside one that is not', () => {
  const both = given.workflow({ a: [], always: ['a'], never: [{ id: 'a', when: 'false' }] });
  const partition = givenPartition(given.requested(both), given.dispatched(given.taskOf(both, 'a')));
  partition.when(given.finished(given.taskOf(both, 'a'), succeeded([])));
  expect(['always', 'never'].map((id) => partition.statusOf(given.taskOf(both, id)))).toEqual(['queued', 'skipped']);
});
