-- The idempotency key that a run was requested with, so that whoever has only the key finds the run. Written at birth and
-- never changed, so no update of a row touches the index; runs without a key are not in it and pay nothing.

ALTER TABLE run_records ADD COLUMN idempotency_key text COLLATE "C";
ALTER TABLE single_records ADD COLUMN idempotency_key text COLLATE "C";

CREATE INDEX run_records_idempotency_key_idx ON run_records (idempotency_key, requested_at, id)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX single_records_idempotency_key_idx ON single_records (idempotency_key, requested_at, id)
  WHERE idempotency_key IS NOT NULL;

CREATE OR REPLACE VIEW runs AS
SELECT id, partition, tenant, workflow, version, status, task_count, requested_at, ended_at, reason, input, paused_at,
  idempotency_key
FROM run_records
UNION ALL
SELECT id, partition, tenant, NULL::text, NULL::text, run_status, 1, requested_at, ended_at, run_reason, input, paused_at,
  idempotency_key
FROM single_records;

COMMENT ON COLUMN runs.idempotency_key IS 'Key that it was requested with; null where there was none.';
