import type { Move, Run, TaskIndex, TaskStatus } from '@millrace/domain';
import { jsonOf, newTaskRow } from './new-rows.js';
import type { TaskRunRow } from './ports.js';

/** The row of a task run that stands where its run's birth put it. */
export function unmovedRow(run: Run, task: TaskIndex, partition: number, status: TaskStatus): TaskRunRow {
  const row = newTaskRow(run, task, partition, run.requestedAt);
  const dueAt = status === 'scheduled' ? (run.dueAt.get(task) ?? null) : null;
  return { ...row, status, dueAt, queuedAt: status === 'queued' ? run.requestedAt : null };
}

/** Does it stand where its run's birth put it? */
export function followsFromState(run: Run, row: TaskRunRow): boolean {
  return row.attempt === 0 && row.movedAt === run.requestedAt && row.reason === null && row.error === null;
}

/** Changes the row in place. */
export function applyMove(row: TaskRunRow, to: TaskStatus, move: Move, failures: number): void {
  row.status = to;
  row.movedAt = move.at;
  row.reason = move.reason ?? null;
  row.attempt = move.attempt;
  row.failures = failures;
  row.dueAt = move.dueAt ?? null;
  if (move.error !== undefined) row.error = jsonOf(move.error);
  if (to === 'queued') row.queuedAt = move.at;
  if (to === 'dispatched') {
    row.dispatchedAt = move.at;
    row.startedAt = null;
    row.finishedAt = null;
  }
  if (move.worker !== undefined) row.worker = move.worker;
  if (move.startedAt !== undefined) row.startedAt = move.startedAt;
  if (move.finishedAt !== undefined) row.finishedAt = move.finishedAt;
  if (to === 'succeeded') {
    row.result = jsonOf(move.result);
    row.error = null;
  }
}
