import { bandName, type Band } from '@millrace/domain';
import type { AttemptView, RunView, TaskRunView } from '@millrace/protocol';

/** Rows as the views give them. */
export interface RunViewRow {
  readonly id: string;
  readonly partition: number;
  readonly tenant: string;
  readonly workflow: string | null;
  readonly version: string | null;
  readonly status: string;
  readonly task_count: number;
  readonly requested_at: Date;
  readonly ended_at: Date | null;
  readonly reason: string | null;
  readonly paused_at: Date | null;
  readonly idempotency_key: string | null;
  readonly input?: unknown;
}

export interface TaskRunViewRow {
  readonly task: number;
  readonly task_id: string;
  readonly handler: string;
  readonly queue: string;
  readonly band: number;
  readonly status: string;
  readonly attempt: number;
  readonly failures: number;
  readonly worker: string | null;
  readonly queued_at: Date | null;
  readonly dispatched_at: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly moved_at: Date;
  readonly reason: string | null;
  readonly result: unknown;
  readonly error: unknown;
  readonly due_at: Date | null;
  readonly checkpoint: unknown;
}

export interface AttemptViewRow {
  readonly task: number;
  readonly attempt: number;
  readonly worker: string | null;
  readonly dispatched_at: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly error: unknown;
}

export function toRunView(row: RunViewRow): RunView {
  return {
    id: row.id,
    partition: row.partition,
    tenant: row.tenant,
    workflow: row.workflow,
    version: row.version,
    status: row.status as RunView['status'],
    taskCount: row.task_count,
    requestedAt: row.requested_at.toISOString(),
    endedAt: timeText(row.ended_at),
    reason: row.reason,
    pausedAt: timeText(row.paused_at),
    idempotencyKey: row.idempotency_key,
  };
}

export function toTaskRunView(row: TaskRunViewRow): TaskRunView {
  return {
    task: row.task,
    id: row.task_id,
    handler: row.handler,
    queue: row.queue,
    band: bandName(row.band as Band),
    status: row.status as TaskRunView['status'],
    attempt: row.attempt,
    failures: row.failures,
    worker: row.worker,
    queuedAt: timeText(row.queued_at),
    dispatchedAt: timeText(row.dispatched_at),
    startedAt: timeText(row.started_at),
    finishedAt: timeText(row.finished_at),
    movedAt: row.moved_at.toISOString(),
    reason: row.reason,
    result: row.result,
    error: row.error,
    dueAt: timeText(row.due_at),
    ...(row.checkpoint !== null && { checkpoint: row.checkpoint }),
  };
}

export function toAttemptView(row: AttemptViewRow): AttemptView {
  return {
    task: row.task,
    attempt: row.attempt,
    worker: row.worker,
    dispatchedAt: timeText(row.dispatched_at),
    startedAt: timeText(row.started_at),
    finishedAt: timeText(row.finished_at),
    outcome: row.outcome,
    reason: row.reason,
    error: row.error,
  };
}

/** RFC 3339 with milliseconds, in UTC. */
export function timeText(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
