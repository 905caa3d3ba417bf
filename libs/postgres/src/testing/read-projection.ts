import type { AttemptRow, QuarantineRow, RunRow, TaskRunRow, WorkflowRow } from '@millrace/runtime';
import type { FreshDatabase } from './fresh-database.js';

/** All that the store was told, as the views show it: times as milliseconds, JSON as text that Postgres formats. */
export async function readProjection({ query }: FreshDatabase): Promise<{
  runs: RunRow[];
  tasks: TaskRunRow[];
  pauses: { run: string; since: number }[];
  checkpoints: { run: string; task: number; checkpoint: string }[];
  attempts: AttemptRow[];
  workflows: WorkflowRow[];
  quarantine: QuarantineRow[];
}> {
  return {
    runs: await query(`
      SELECT id, partition, tenant, workflow, version, status, task_count AS "taskCount",
        ${ms('requested_at')} AS "requestedAt", ${ms('ended_at')} AS "endedAt", reason, input::text,
        idempotency_key AS "idempotencyKey"
      FROM runs`),
    tasks: await query(`
      SELECT run_id AS run, task, task_id AS id, partition, handler, queue, band, status, attempt, failures, worker,
        ${ms('queued_at')} AS "queuedAt", ${ms('dispatched_at')} AS "dispatchedAt", ${ms('started_at')} AS "startedAt",
        ${ms('finished_at')} AS "finishedAt", ${ms('moved_at')} AS "movedAt", reason, result::text, error::text,
        ${ms('due_at')} AS "dueAt"
      FROM task_runs`),
    pauses: await query(`SELECT id AS run, ${ms('paused_at')} AS since FROM runs WHERE paused_at IS NOT NULL`),
    checkpoints: await query(
      'SELECT run_id AS run, task, checkpoint::text FROM task_runs WHERE checkpoint IS NOT NULL',
    ),
    attempts: await query(`
      SELECT run_id AS run, task, attempt, partition, worker, ${ms('dispatched_at')} AS "dispatchedAt",
        ${ms('started_at')} AS "startedAt", ${ms('finished_at')} AS "finishedAt", outcome, reason, error::text
      FROM attempt_records`),
    workflows: await query('SELECT version, name, definition::text, tasks FROM workflows'),
    quarantine: await query(`
      SELECT partition, log_offset::float8 AS offset, item_index AS index, cause, detail FROM quarantine_records`),
  };
}

function ms(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}
