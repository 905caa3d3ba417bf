import type { Instant, Json, Run, TaskIndex } from '@millrace/domain';
import type { RunRow, TaskRunRow } from './ports.js';

/**
 * The row of a run that was just born with this input and idempotency key, and, without them, of one that lives: nothing of it
 * changes before the run's end.
 */
export function newRunRow(run: Run, partition: number, at: Instant, input?: Json, key?: string): RunRow {
  return {
    id: run.id,
    partition,
    tenant: run.tenant,
    workflow: run.dag.name ?? null,
    version: run.version ?? null,
    status: run.status,
    taskCount: run.dag.tasks.length,
    requestedAt: at,
    endedAt: null,
    reason: null,
    input: jsonOf(input),
    idempotencyKey: key ?? null,
  };
}

/** The row of a task run that has not moved yet. */
export function newTaskRow(run: Run, task: TaskIndex, partition: number, at: Instant): TaskRunRow {
  const { id, handler, queue } = run.task(task);
  return {
    run: run.id,
    task,
    id,
    partition,
    handler,
    queue,
    band: run.bandOf(task),
    status: 'pending',
    attempt: 0,
    failures: 0,
    worker: null,
    queuedAt: null,
    dispatchedAt: null,
    startedAt: null,
    finishedAt: null,
    movedAt: at,
    reason: null,
    result: null,
    error: null,
    dueAt: null,
  };
}

/** JSON text; null where there is nothing. */
export function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
