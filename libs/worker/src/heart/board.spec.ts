import { runIdOf } from '@millrace/domain';
import { expect, it } from 'vitest';
import { AttemptTable } from '../attempt-table.js';
import { HeldAttempt } from '../held-attempt.js';
import { BoardView } from './board-view.js';
import { DeliveryBoard } from './delivery-board.js';

const run = runIdOf(3, 'ab'.repeat(16));
function attempt(task: number, state: 'held' | 'running', more: { nonce?: string; startedAt?: number } = {}) {
  const delivery = { run, task, id: 't', attempt: 7, handler: 'h', startToCloseMs: 1_000 };
  const record = { settle: () => undefined };
  const held = new HeldAttempt(delivery, undefined, {
    band: 3,
    epoch: 2,
    again: false,
    claimFirst: false,
    at: 0,
    record,
  });
  Object.assign(held, more);
  held.become(state);
  return held;
}
function given() {
  const board = new DeliveryBoard();
  board.tick(0, 0);
  return { board, table: new AttemptTable(board), view: new BoardView(board.memory) };
}

it('lists what runs before what only waits, and no more than a heartbeat can carry', () => {
  const { table, view } = given();
  for (const task of [0, 1, 2]) table.add(attempt(task, 'held'));
  for (const task of [3, 4]) table.add(attempt(task, 'running'));
  expect(view.list(0, 3).deliveries.map(({ task }) => task)).toEqual([3, 4, 0]);
  expect(view.list(0, 5).deliveries).toHaveLength(5);
});

it('shows each delivery as it is now, and forgets it when its place is taken by another', () => {
  const { table, view } = given();
  const nonce = '0f'.repeat(16);
  const first = attempt(1, 'running', { nonce, startedAt: 100 });
  table.add(first);
  const entry = { run, attempt: 7, epoch: 2 };
  expect(view.list(900, 9).deliveries).toEqual([{ ...entry, task: 1, state: 'running', nonce, runningMs: 800 }]);
  first.become('ended');
  expect(view.list(900, 9).deliveries).toEqual([{ ...entry, task: 1, state: 'ended', nonce }]);
  table.settle(first);
  expect(view.list(900, 9).deliveries).toEqual([]);
  table.add(attempt(2, 'held'));
  expect(view.list(900, 9).deliveries).toEqual([{ ...entry, task: 2, state: 'held' }]);
});

it('says for how long nothing has turned, which handler was called and has not returned, and what is overdue', () => {
  const { board, table, view } = given();
  const [blocking, other] = [attempt(1, 'running', { startedAt: 0 }), attempt(2, 'running', { startedAt: 500 })];
  for (const each of [blocking, other]) table.add(each);
  board.busy(2);
  board.enter(blocking.place);
  expect(view.list(1_000, 9)).toMatchObject({ busy: 2, overdueMs: 0 });
  expect(view.list(1_000, 9)).not.toHaveProperty('blockedMs');
  const { blockedMs, overdueMs, deliveries } = view.list(4_000, 9);
  expect({ blockedMs, overdueMs }).toEqual({ blockedMs: 4_000, overdueMs: 3_000 });
  expect(deliveries.map(({ task, blocks, runningMs }) => [task, blocks, runningMs])).toEqual([
    [1, true, 4_000],
    [2, undefined, 3_500],
  ]);
});

it('takes a clock that is set for no time that has passed', () => {
  const { board, table, view } = given();
  board.tick(3_600_000, 1_000);
  table.add(attempt(1, 'running', { startedAt: 3_599_000 }));
  const { deliveries, ...rest } = view.list(1_250, 9);
  expect(rest).not.toHaveProperty('blockedMs');
  expect(deliveries[0]!.runningMs).toBe(1_250);
});
