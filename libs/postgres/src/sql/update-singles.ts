import type { Statement } from './statement.js';

export const updateSingles: Statement = {
  name: 'update-singles',
  text: `
    UPDATE single_records s
    SET run_status = c.run_status, ended_at = c.ended_at, run_reason = c.run_reason, task_status = c.task_status,
      attempt = c.attempt, failures = c.failures, worker = c.worker, queued_at = c.queued_at,
      dispatched_at = c.dispatched_at, started_at = c.started_at, finished_at = c.finished_at, moved_at = c.moved_at,
      task_reason = c.task_reason, result = c.result, error = c.error, due_at = c.due_at,
      band = c.band
    FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::int4[], $7::int4[], $8::text[],
      $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::text[],
      $15::jsonb[], $16::jsonb[], $17::timestamptz[], $18::int4[])
      AS c(id, run_status, ended_at, run_reason, task_status, attempt, failures, worker, queued_at, dispatched_at,
        started_at, finished_at, moved_at, task_reason, result, error, due_at, band)
    WHERE s.id = c.id`,
};
