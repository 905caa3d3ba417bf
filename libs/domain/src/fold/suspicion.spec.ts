import { describe, expect, it } from 'vitest';
import { isSuspect } from '../index.js';
import * as given from '../testing/index.js';
import { ended, givenPartition, transition, type GivenPartition } from '../testing/index.js';

const { single } = given;
const requested = () => givenPartition(given.singleRequested({ retry: { failuresMax: 2 } }));
/** Dispatches the next attempt to a worker of its own. */
const dispatch = (partition: GivenPartition, attempt: number, worker = `worker-${attempt + 10}`) =>
  partition.when(given.workersSeen({ worker }), given.dispatched(single, { attempt, worker }));
const suspectOf = (partition: GivenPartition) => isSuspect(partition.run(), 0);

/** Two workers have died that had attempt 1 and 2. */
function suspected(): GivenPartition {
  const partition = requested();
  for (const attempt of [1, 2])
    dispatch(partition, attempt).when(given.workerLost({ worker: `worker-${attempt + 10}` }));
  return partition;
}

describe('a task run that was in flight in a worker that died', () => {
  it('is a suspect after the second death, started or not, and has burnt no retry', () => {
    const partition = requested();
    dispatch(partition, 1).when(given.workerLost({ worker: 'worker-11' }));
    expect(suspectOf(partition)).toBe(false);
    dispatch(partition, 2).when(
      given.started(single, { attempt: 2, worker: 'worker-12' }),
      given.workerLost({ worker: 'worker-12' }),
    );
    expect([suspectOf(partition), partition.run().failuresOf(0)]).toEqual([true, 0]);
  });

  it('is none where the worker said that it leaves, or where it was handed back before', () => {
    const partition = requested();
    for (const attempt of [1, 2]) {
      dispatch(partition, attempt).when(given.workerLost({ worker: `worker-${attempt + 10}`, left: true }));
    }
    dispatch(partition, 3).when(
      given.returned(single, { attempt: 3, worker: 'worker-13' }),
      given.workerLost({ worker: 'worker-13' }),
    );
    expect(partition.run().deaths.size).toBe(0);
  });

  it('is acquitted by an ordinary failure, and not by one at start-to-close', () => {
    const partition = suspected();
    dispatch(partition, 3).when(given.timedOut(single, { attempt: 3, worker: 'worker-13' }), given.timersFired());
    expect(suspectOf(partition)).toBe(true);
    const other = suspected();
    dispatch(other, 3).when(given.failed(single, { attempt: 3, worker: 'worker-13' }));
    expect([suspectOf(other), other.run().failuresOf(0)]).toEqual([false, 1]);
  });
});

describe('a suspect whose own process dies', () => {
  const died = (attempt: number) => given.died(single, { attempt, worker: `worker-${attempt + 10}` });

  it('is queued after the first death and poison after the second, and burns no retry', () => {
    const partition = suspected();
    dispatch(partition, 3)
      .when(died(3))
      .then(transition(single, 'dispatched', 'queued', { reason: 'died', error: given.boom }));
    expect(partition.run().failuresOf(0)).toBe(0);
    dispatch(partition, 4)
      .when(died(4))
      .then(
        transition(single, 'dispatched', 'dead_lettered', { reason: 'poison', error: given.boom }),
        ended('failed'),
      );
  });

  it('is not made worse by deaths of its worker, whom another may have ended', () => {
    const partition = suspected();
    dispatch(partition, 3).when(given.workerLost({ worker: 'worker-13' }));
    dispatch(partition, 4).when(died(4));
    dispatch(partition, 5).when(given.workerLost({ worker: 'worker-15' }));
    expect(partition.statusOf(single)).toBe('queued');
    dispatch(partition, 6)
      .when(died(6))
      .then(transition(single, 'dispatched', 'dead_lettered'), ended('failed'));
  });
});

it('suspects at once what has blocked a worker until after its start-to-close, and what was there with it', () => {
  const overrun = givenPartition(given.singleRequested({ startToCloseMs: 1_000 }), given.dispatched(single));
  overrun.when(given.overran(single));
  expect(suspectOf(overrun)).toBe(true);
  const blocked = givenPartition(given.singleRequested(), given.dispatched(single), given.started(single));
  blocked.when(given.recalled(single, { reason: 'blocked' }));
  expect([suspectOf(blocked), blocked.run().failuresOf(0)]).toEqual([true, 0]);
});
