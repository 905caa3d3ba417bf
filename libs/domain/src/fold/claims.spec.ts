import { describe, expect, it } from 'vitest';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition } from '../testing/index.js';

const { single, w1 } = given;
const running = () => givenPartition(given.singleRequested(), given.dispatched(single));
const claim = (nonce: string, worker = w1) => given.started(single, { nonce, worker });

describe('a claim', () => {
  it('holds for the first that asks, who may be another worker than the chosen one', () => {
    running()
      .when(claim('b', 'worker-2'))
      .then(transition(single, 'dispatched', 'running', { worker: 'worker-2', attempt: 1 }))
      .thenState(({ workers }) => {
        expect(workers.get(w1)?.inFlight.size).toBe(0);
        expect(workers.get('worker-2')?.inFlight.size).toBe(1);
      });
  });

  it('that is repeated is already yours', () => {
    running()
      .when(claim('a'), claim('a'))
      .then(transition(single, 'dispatched', 'running'), rejection('already-yours'));
  });

  it('comes second to another nonce', () => {
    running()
      .when(claim('a'), claim('b', 'worker-2'), given.started(single))
      .then(transition(single, 'dispatched', 'running'), rejection('already-claimed'), rejection('already-claimed'));
  });

  it('comes too late for an attempt that runs unclaimed', () => {
    running()
      .when(given.started(single), claim('a', 'worker-2'), given.started(single))
      .then(transition(single, 'dispatched', 'running'), rejection('already-started'), rejection('already-started'));
  });

  it('shuts out the reports of everybody else, returns included', () => {
    running()
      .when(
        claim('a'),
        given.finished(single),
        given.failed(single, { nonce: 'b' }),
        given.returned(single, { nonce: 'b' }),
        given.finished(single, { nonce: 'a' }),
      )
      .then(
        transition(single, 'dispatched', 'running'),
        rejection('not-claimant'),
        rejection('not-claimant'),
        rejection('not-claimant'),
        transition(single, 'running', 'succeeded'),
        ended('succeeded'),
      );
  });

  it('that was refused gives its nonce no say: a return with it takes nothing from whoever runs unclaimed', () => {
    running()
      .when(
        given.started(single),
        claim('a', 'worker-2'),
        given.returned(single, { worker: 'worker-2', nonce: 'a' }),
        given.finished(single),
      )
      .then(
        transition(single, 'dispatched', 'running'),
        rejection('already-started'),
        rejection('not-claimant'),
        transition(single, 'running', 'succeeded'),
        ended('succeeded'),
      );
  });

  it('is no condition of a return, but what one worker has started another cannot return', () => {
    running()
      .when(
        given.started(single),
        given.returned(single, { worker: 'worker-2' }),
        given.returned(single, { reason: 'draining' }),
      )
      .then(
        transition(single, 'dispatched', 'running'),
        rejection('already-started'),
        transition(single, 'running', 'queued', { reason: 'draining' }),
      );
  });

  it('is not needed to return what nobody has started, whoever got it', () => {
    running()
      .when(given.returned(single, { worker: 'worker-2', reason: 'no-handler' }))
      .then(transition(single, 'dispatched', 'queued', { reason: 'no-handler' }));
  });

  it('needs no second look where nobody claimed: the first report wins, whoever sends it', () => {
    running()
      .when(given.finished(single, { worker: 'worker-2' }), given.failed(single))
      .then(
        transition(single, 'dispatched', 'succeeded', { worker: 'worker-2' }),
        ended('succeeded'),
        rejection('run-unknown'),
      )
      .thenState(({ workers }) => expect(workers.get(w1)?.inFlight.size).toBe(0));
  });
});

describe('a recall', () => {
  it('takes a started attempt back that nobody lists', () => {
    running()
      .when(given.started(single), given.recalled(single))
      .then(
        transition(single, 'dispatched', 'running'),
        transition(single, 'running', 'queued', { reason: 'unlisted' }),
      );
  });

  it('names the claim that it saw, and is refused if that changed', () => {
    running()
      .when(
        claim('a'),
        given.recalled(single),
        given.recalled(single, { claim: 'b' }),
        given.recalled(single, { claim: 'a' }),
      )
      .then(
        transition(single, 'dispatched', 'running'),
        rejection('claim-changed'),
        rejection('claim-changed'),
        transition(single, 'running', 'queued'),
      );
  });

  it('leaves alone what never started: that is published again', () => {
    running().when(given.recalled(single)).then(rejection('not-started'));
  });

  it.each(['input-too-large', 'queue-gone'] as const)('fails what can never be published: %s', (reason) => {
    running()
      .when(given.recalled(single, { reason }))
      .then(transition(single, 'dispatched', 'failed', { reason }), ended('failed'));
  });

  it('fails also what a copy has started meanwhile', () => {
    running()
      .when(given.started(single), given.recalled(single, { reason: 'queue-gone' }))
      .then(transition(single, 'dispatched', 'running'), transition(single, 'running', 'failed'), ended('failed'));
  });

  it('of an attempt that is over is refused', () => {
    running()
      .when(given.recalled(single, { attempt: 2 }))
      .then(rejection('attempt-over'));
  });
});

describe('a worker that is lost', () => {
  const etl = given.workflow({ a: [], b: [], c: [] });
  const [a, b, c] = ['a', 'b', 'c'].map((id) => given.taskOf(etl, id)) as [given.TaskRef, given.TaskRef, given.TaskRef];

  it('gives everything back in the order of dispatch, and nothing of others', () => {
    givenPartition(
      given.workersSeen({ worker: 'worker-2' }),
      given.requested(etl),
      given.dispatched(b),
      given.dispatched(a),
      given.dispatched(c, { worker: 'worker-2' }),
      given.started(b),
    )
      .when(given.workerLost())
      .then(
        transition(b, 'running', 'queued', { reason: 'worker-lost', worker: w1 }),
        transition(a, 'dispatched', 'queued', { reason: 'worker-lost' }),
      );
  });

  it('gives back what it claimed from another', () => {
    running()
      .when(claim('b', 'worker-2'), given.workerLost({ worker: 'worker-2' }))
      .then(transition(single, 'dispatched', 'running'), transition(single, 'running', 'queued'));
  });

  it('is lost for good: its starts, dispatches to it, sights of it and a second loss are refused', () => {
    running()
      .when(
        given.workerLost(),
        given.workerLost(),
        given.workersSeen({}),
        given.dispatched(single, { attempt: 2 }),
        given.workersSeen({ worker: 'worker-2' }),
        given.dispatched(single, { attempt: 2, worker: 'worker-2' }),
        given.started(single, { attempt: 2 }),
      )
      .then(
        transition(single, 'dispatched', 'queued'),
        rejection('worker-lost'),
        rejection('worker-lost'),
        rejection('worker-lost'),
        transition(single, 'queued', 'dispatched'),
        rejection('worker-lost'),
      );
  });

  it('cannot report an attempt that it lost', () => {
    running()
      .when(given.workerLost(), given.finished(single))
      .then(transition(single, 'dispatched', 'queued'), rejection('attempt-over'));
  });

  it('is forgotten a day later, when the owner sees workers again', () => {
    running()
      .when(given.workerLost())
      .after(24 * 60 * 60 * 1_000 + 1)
      .when(given.workersSeen({ worker: 'worker-2' }), given.workersSeen({}))
      .then();
  });

  it('must be known', () => {
    givenPartition()
      .when(given.workerLost({ worker: 'nobody' }))
      .then(rejection('worker-unknown'));
  });
});

describe('what comes back to the queue', () => {
  it('gets a higher number at its next dispatch and has burnt no retry', () => {
    const partition = running().when(
      given.returned(single),
      given.dispatched(single, { attempt: 2 }),
      given.started(single, { attempt: 2 }),
      given.recalled(single, { attempt: 2 }),
      given.dispatched(single, { attempt: 3 }),
      given.workerLost(),
    );
    partition.then(
      transition(single, 'dispatched', 'queued', { reason: 'no-slot', attempt: 1 }),
      transition(single, 'queued', 'dispatched', { attempt: 2 }),
      transition(single, 'dispatched', 'running', { attempt: 2 }),
      transition(single, 'running', 'queued', { reason: 'unlisted', attempt: 2 }),
      transition(single, 'queued', 'dispatched', { attempt: 3 }),
      transition(single, 'dispatched', 'queued', { reason: 'worker-lost', attempt: 3 }),
    );
    expect(partition.run().failuresOf(0)).toBe(0);
  });

  it('may be handed back while it runs', () => {
    running()
      .when(given.started(single), given.returned(single, { reason: 'draining' }))
      .then(
        transition(single, 'dispatched', 'running'),
        transition(single, 'running', 'queued', { reason: 'draining' }),
      );
  });

  it('may come back more often than 65,536 times', () => {
    const partition = running();
    partition.run().setAttemptNumber(0, 65_535);
    partition
      .when(given.returned(single, { attempt: 65_535 }), given.dispatched(single, { attempt: 65_536 }))
      .when(given.finished(single, { attempt: 65_536 }))
      .then(transition(single, 'dispatched', 'succeeded'), ended('succeeded'));
  });
});
