import type { RunDetail, TaskRunView } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { runLines } from './run-lines.js';
import { terminalOn } from './terminal.js';

const plain = terminalOn({ isTTY: false } as NodeJS.WriteStream, {});
const at = (second: number): string => new Date(second * 1_000).toISOString();

function task(id: string, more: Partial<TaskRunView>): TaskRunView {
  const times = { queuedAt: null, dispatchedAt: null, startedAt: null, finishedAt: null, movedAt: at(0), dueAt: null };
  const names = { task: 0, id, handler: 'h', queue: 'default', band: 'normal' as const, worker: null };
  return {
    ...names,
    ...times,
    status: 'pending',
    attempt: 1,
    failures: 0,
    reason: null,
    result: null,
    error: null,
    ...more,
  };
}

function detail(tasks: TaskRunView[], taskCount = tasks.length): RunDetail {
  return { run: { taskCount } as RunDetail['run'], tasks, tasksNext: null, attempts: [] };
}

it('shows each task run with its state, how long it took, and the attempt after the first', () => {
  const tasks = [
    task('extract', { status: 'succeeded', startedAt: at(1), finishedAt: at(3) }),
    task('load', { status: 'running', startedAt: at(3), attempt: 2 }),
    task('report', {}),
  ];
  expect(runLines(plain, detail(tasks), 4_500)).toEqual([
    '  ✓ extract  succeeded     2.0 s',
    '  ▸ load     running       1.5 s     attempt 2',
    '  · report   pending',
  ]);
});

it('says what a task run last failed with', () => {
  const error = { name: 'Error', message: 'EACCES: permission denied\n  at somewhere' };
  const lines = runLines(plain, detail([task('load', { status: 'dead_lettered', attempt: 3, error })]), 0);
  expect(lines[0]).toContain('attempt 3  Error: EACCES: permission denied');
  expect(lines[0]).not.toContain('somewhere');
});

it('counts the task runs of a long run by state', () => {
  const tasks = Array.from({ length: 30 }, (_, index) =>
    task(`t${index}`, { status: index < 10 ? 'succeeded' : 'queued' }),
  );
  expect(runLines(plain, detail(tasks, 5_000), 0)).toEqual(['  succeeded     10', '  queued        20']);
});
