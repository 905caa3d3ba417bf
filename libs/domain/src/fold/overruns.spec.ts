import { describe, it } from 'vitest';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition } from '../testing/index.js';

const { single, epochStart } = given;
const running = (task = {}) =>
  givenPartition(given.singleRequested({ startToCloseMs: 1_000, ...task }), given.dispatched(single));
const error = {
  name: 'StartToCloseExceeded',
  message: 'Expected its worker to end it after 1000 ms, but it had run for 1000 ms.',
};

describe('an attempt that its worker lists as running for longer than start-to-close', () => {
  it('has failed and backs off, and a late report is over', () => {
    running()
      .when(given.started(single), given.overran(single), given.finished(single))
      .then(
        transition(single, 'dispatched', 'running'),
        transition(single, 'running', 'backing_off', { reason: 'timed_out', error, dueAt: epochStart + 500 }),
        rejection('attempt-over'),
      );
  });

  it('has timed out where its retries are spent, also where its start was never logged', () => {
    running({ retry: { failuresMax: 1 } })
      .when(given.overran(single))
      .then(transition(single, 'dispatched', 'timed_out', { error, worker: given.w1 }), ended('failed'));
  });

  it('is left alone before that, by another owner, under another claim or at another worker', () => {
    running()
      .when(given.overran(single, { runningMs: 999 }), given.overran(single, { epoch: 2 }))
      .then(rejection('too-early'), rejection('epoch-over'))
      .when(given.started(single, { nonce: 'n' }), given.overran(single), given.overran(single, { attempt: 2 }))
      .then(transition(single, 'dispatched', 'running'), rejection('claim-changed'), rejection('attempt-over'))
      .when(given.overran(single, { claim: 'n', worker: 'worker-2' }))
      .then(rejection('already-started'));
  });
});
