import type { Statement } from './statement.js';

export const insertAttempts: Statement = {
  name: 'insert-attempts',
  text: `
    INSERT INTO attempt_records
      (run_id, task, attempt, partition, worker, dispatched_at, started_at, finished_at, outcome, reason, error)
    SELECT * FROM unnest($1::text[], $2::int4[], $3::int4[], $4::int4[], $5::text[], $6::timestamptz[],
      $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::jsonb[])`,
};
