import type { Statement } from './statement.js';

export const insertTaskRuns: Statement = {
  name: 'insert-task-runs',
  text: `
    INSERT INTO task_run_records
      (run_id, task, partition, task_id, handler, queue, band, status, attempt, failures, worker,
       queued_at, dispatched_at, started_at, finished_at, moved_at, reason, result, error, due_at)
    SELECT * FROM unnest($1::text[], $2::int4[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::int4[],
      $8::text[], $9::int4[], $10::int4[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[],
      $15::timestamptz[], $16::timestamptz[], $17::text[], $18::jsonb[], $19::jsonb[], $20::timestamptz[])`,
};
