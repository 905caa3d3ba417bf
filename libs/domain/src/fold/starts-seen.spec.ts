import { describe, it } from 'vitest';
import * as given from '../testing/index.js';
import { givenPartition, rejection, transition } from '../testing/index.js';

const { single, epochStart } = given;
const running = () => givenPartition(given.singleRequested(), given.dispatched(single));

describe('a start that the owner read from a heartbeat', () => {
  it('counts like one that the worker logged: no claim holds after it', () => {
    running()
      .after(9_000)
      .when(given.startsSeen(single), given.started(single, { nonce: 'n', worker: 'worker-2' }), given.started(single))
      .then(
        transition(single, 'dispatched', 'running', { worker: given.w1, startedAt: epochStart + 4_000 }),
        rejection('already-started'),
        rejection('already-started'),
      )
      .when(given.finished(single))
      .then(transition(single, 'running', 'succeeded'), given.ended('succeeded'));
  });

  it('comes too late after a claim, another start, a loss or the end, and in another epoch', () => {
    running()
      .when(given.startsSeen(single, { epoch: 2 }), given.startsSeen(single, { attempt: 2 }))
      .then(rejection('epoch-over'), rejection('attempt-over'))
      .when(given.started(single, { nonce: 'n' }), given.startsSeen(single))
      .then(transition(single, 'dispatched', 'running'), rejection('already-claimed'))
      .when(given.workerLost(), given.startsSeen(single))
      .then(transition(single, 'running', 'queued', { reason: 'worker-lost' }), rejection('attempt-over'));
  });

  it('moves the attempt to the worker that runs it', () => {
    running()
      .when(given.startsSeen(single, { worker: 'worker-2' }), given.startsSeen(single))
      .then(transition(single, 'dispatched', 'running', { worker: 'worker-2' }), rejection('already-started'))
      .when(given.recalled(single, { reason: 'blocked' }))
      .then(transition(single, 'running', 'queued', { reason: 'blocked', worker: 'worker-2' }));
  });
});
