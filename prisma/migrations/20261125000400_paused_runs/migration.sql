-- Pause is a flag of a run. Written by a statement of its own, so that runs which are never paused pay nothing for it.

ALTER TABLE run_records ADD COLUMN paused_at timestamptz(3);
ALTER TABLE single_records ADD COLUMN paused_at timestamptz(3);

CREATE OR REPLACE VIEW runs AS
SELECT id, partition, tenant, workflow, version, status, task_count, requested_at, ended_at, reason, input, paused_at
FROM run_records
UNION ALL
SELECT id, partition, tenant, NULL::text, NULL::text, run_status, 1, requested_at, ended_at, run_reason, input, paused_at
FROM single_records;

COMMENT ON COLUMN runs.paused_at IS 'Since when it is paused (partition time): nothing of it is dispatched; null where it is not.';
