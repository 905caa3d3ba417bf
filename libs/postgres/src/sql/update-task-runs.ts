import type { Statement } from './statement.js';

export const updateTaskRuns: Statement = {
  name: 'update-task-runs',
  text: `
    UPDATE task_run_records t
    SET status = c.status, attempt = c.attempt, failures = c.failures, worker = c.worker, queued_at = c.queued_at,
      dispatched_at = c.dispatched_at, started_at = c.started_at, finished_at = c.finished_at, moved_at = c.moved_at,
      reason = c.reason, result = c.result, error = c.error, due_at = c.due_at,
      band = c.band
    FROM unnest($1::text[], $2::int4[], $3::text[], $4::int4[], $5::int4[], $6::text[], $7::timestamptz[],
      $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::jsonb[],
      $14::jsonb[], $15::timestamptz[], $16::int4[])
      AS c(run_id, task, status, attempt, failures, worker, queued_at, dispatched_at, started_at, finished_at, moved_at,
        reason, result, error, due_at, band)
    WHERE t.run_id = c.run_id AND t.task = c.task`,
};
