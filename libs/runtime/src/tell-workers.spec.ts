import { foldFrame, PartitionState, silent, type Event } from '@millrace/domain';
import {
  born,
  claimed,
  dispatched,
  single,
  singleRequested,
  started,
  w1,
  workerLost,
  workersSeen,
} from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import type { Control, WorkerHeartbeat } from '@millrace/protocol';
import { answerClaim, answerHeartbeat } from './tell-workers.js';

function stateAfter(...items: readonly Event[]): PartitionState {
  const state = new PartitionState();
  const all = [
    born(),
    claimed(),
    workersSeen({}, { worker: 'worker-2' }),
    singleRequested(),
    dispatched(single),
    ...items,
  ];
  foldFrame(state, { by: 'test', seq: 1, now: 0, items: all }, 0, 0, silent);
  return state;
}
const claim = (nonce: string, worker = w1) => ({ ...started(single), worker, nonce });
const answer = (state: PartitionState, asked = claim('n1')) => answerClaim(state, asked, asked.nonce);

it('tells a claimant whether its nonce holds, read from state', () => {
  expect(answer(stateAfter(claim('n1')))).toMatchObject({ kind: 'verdict', to: w1, nonce: 'n1', holds: true });
  expect(answer(stateAfter(claim('n2', 'worker-2')))).toMatchObject({ holds: false, reason: 'already-started' });
  expect(answer(stateAfter(started(single)))).toMatchObject({ holds: false, reason: 'already-started' });
});

it('tells a claimant that is lost so: a refusal would let it settle what nobody has', () => {
  const state = stateAfter(workerLost({ worker: 'worker-2' }), claim('n1', 'worker-2'));
  expect(answer(state, claim('n1', 'worker-2'))).toEqual({
    v: 1,
    kind: 'lost',
    to: 'worker-2',
    partition: state.birth!.partition,
  });
});

function toldAfter(state: PartitionState, more: Partial<WorkerHeartbeat> = {}): Control[] {
  const told: Control[] = [];
  const idle = { slots: 1, busy: 0, handlers: [], queues: {}, credits: [], deliveries: [] };
  const heartbeat: WorkerHeartbeat = { v: 1, kind: 'worker', id: 'worker-2', at: 0, ...idle, ...more };
  const tell = (message: Control) => void told.push(message);
  answerHeartbeat(state, state.birth!.partition, heartbeat, { tell, listed: () => undefined });
  return told;
}

it('tells a lost worker so also where it holds nothing: it would never be given anything again', () => {
  const lost = stateAfter(workerLost({ worker: 'worker-2' }));
  expect(toldAfter(lost)).toEqual([expect.objectContaining({ kind: 'lost', to: 'worker-2' })]);
  expect(toldAfter(lost, { leaving: true })).toEqual([]);
  expect(toldAfter(stateAfter())).toEqual([]);
});

it.each(['held', 'running'] as const)(
  'stops what is %s unclaimed where another has claimed it, not its own claim',
  (phase) => {
    const { run, task, attempt } = claim('n1');
    const entry = { run, task, attempt, epoch: 1, state: phase };
    const heard = (id: string, nonce?: string): Control[] =>
      toldAfter(stateAfter(claim('n1', 'worker-2')), {
        id,
        deliveries: [nonce === undefined ? entry : { ...entry, nonce }],
      });
    expect(heard(w1)).toEqual([expect.objectContaining({ kind: 'stop', to: w1, reason: 'already-claimed' })]);
    // The heartbeat was sent before the claim, and read after it.
    expect(heard('worker-2')).toEqual([]);
    expect(heard('worker-2', 'n1')).toEqual([]);
    expect(heard('worker-2', 'n2')).toMatchObject([{ kind: 'stop', reason: 'already-claimed' }]);
  },
);
