import type { Statement } from './statement.js';

export const insertRuns: Statement = {
  name: 'insert-runs',
  text: `
    INSERT INTO run_records
      (id, partition, tenant, workflow, version, status, task_count, requested_at, ended_at, reason, input,
       idempotency_key)
    SELECT * FROM unnest($1::text[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int4[],
      $8::timestamptz[], $9::timestamptz[], $10::text[], $11::jsonb[], $12::text[])`,
};
