import { runIdOf } from '@millrace/domain';
import { expect, it } from 'vitest';
import { AttemptTable } from './attempt-table.js';
import { HeldAttempt } from './held-attempt.js';

function attempt(task: number, state: 'held' | 'running'): HeldAttempt {
  const delivery = { run: runIdOf(0, '0'.repeat(32)), task, id: 't', attempt: 1, handler: 'h', startToCloseMs: 1_000 };
  const record = { settle: () => undefined };
  const held = new HeldAttempt(delivery, undefined, { epoch: 1, again: false, claimFirst: false, at: 0, record });
  held.state = state;
  return held;
}

it('lists what runs before what only waits, and no more than a heartbeat can carry', () => {
  const table = new AttemptTable();
  for (const task of [0, 1, 2]) table.add(attempt(task, 'held'));
  for (const task of [3, 4]) table.add(attempt(task, 'running'));
  expect(table.listed(0, 3).map(({ task }) => task)).toEqual([3, 4, 0]);
  expect(table.listed(0, 5)).toHaveLength(5);
});
