import type { Statement } from './statement.js';

export const insertSingles: Statement = {
  name: 'insert-singles',
  text: `
    INSERT INTO single_records
      (id, partition, tenant, run_status, requested_at, ended_at, run_reason, input, handler, queue, band,
       task_status, attempt, failures, worker, queued_at, dispatched_at, started_at, finished_at, moved_at, task_reason,
       result, error, due_at, task_id, idempotency_key)
    SELECT * FROM unnest($1::text[], $2::int4[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
      $7::text[], $8::jsonb[], $9::text[], $10::text[], $11::int4[], $12::text[], $13::int4[], $14::int4[],
      $15::text[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[],
      $21::text[], $22::jsonb[], $23::jsonb[], $24::timestamptz[], $25::text[], $26::text[])`,
};
