import { describe, expect, it } from 'vitest';
import { keyedRun, keyKeptMs } from '../index.js';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition } from '../testing/index.js';

const { run1, runNamed, keyed, singleRequested } = given;
const request = (run: number, key: string, body?: string, tenant = 'default') =>
  singleRequested({}, { run: runNamed(run), tenant, ...keyed(key, body) });

describe('a request with an idempotency key', () => {
  it('makes one run, however often it is sent', () => {
    givenPartition(request(1, 'k'))
      .when(request(2, 'k'), request(3, 'k'))
      .then(rejection('already-requested'), rejection('already-requested'))
      .thenState((state) => {
        expect([...state.runs.keys()]).toEqual([run1]);
        expect(keyedRun(state, request(2, 'k'))).toMatchObject({ run: run1 });
      });
  });

  it('is a conflict with another body, in the same tenant only', () => {
    givenPartition(request(1, 'k'))
      .when(request(2, 'k', 'other body'), request(3, 'k', 'other body', 'another tenant'), request(4, 'other key'))
      .then(
        rejection('key-conflict'),
        transition({ run: runNamed(3), task: 0 }, 'pending', 'queued'),
        transition({ run: runNamed(4), task: 0 }, 'pending', 'queued'),
      );
  });

  it('is known for a day after its run ended, and then begins anew', () => {
    givenPartition(request(1, 'k'))
      .when(given.cancelled())
      .then(transition(given.single, 'queued', 'cancelled'), ended('cancelled', { reason: 'cancel-requested' }))
      .after(keyKeptMs - 1)
      .when(request(2, 'k'))
      .then(rejection('already-requested'))
      .after(1)
      .when(request(3, 'k'), request(4, 'k'))
      .then(transition({ run: runNamed(3), task: 0 }, 'pending', 'queued'), rejection('already-requested'));
  });

  it('keeps its key as long as its run lives', () => {
    givenPartition(request(1, 'k'))
      .after(30 * keyKeptMs)
      .when(request(2, 'k'))
      .then(rejection('already-requested'));
  });

  it('leaves its key to others when it was rejected', () => {
    const unknown = given.workflowRequested(given.workflow({ a: [] }), { run: runNamed(1), ...keyed('k') });
    givenPartition()
      .when(unknown, request(2, 'k'))
      .then(rejection('workflow-unknown'), transition({ run: runNamed(2), task: 0 }, 'pending', 'queued'));
  });
});
