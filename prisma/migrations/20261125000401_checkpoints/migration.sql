-- What a handler said of how far it has come. Written by a statement of its own, like paused_at: few task runs have one.

ALTER TABLE task_run_records ADD COLUMN checkpoint jsonb;
ALTER TABLE single_records ADD COLUMN checkpoint jsonb;

CREATE OR REPLACE VIEW task_runs AS
SELECT run_id, task, partition, task_id, handler, queue, band, status, attempt, failures, worker,
  queued_at, dispatched_at, started_at, finished_at, moved_at, reason, result, error, due_at, checkpoint
FROM task_run_records
UNION ALL
SELECT id, 0, partition, coalesce(task_id, 'task'), handler, queue, band, task_status, attempt, failures, worker,
  queued_at, dispatched_at, started_at, finished_at, moved_at, task_reason, result, error, due_at, checkpoint
FROM single_records;

COMMENT ON COLUMN task_runs.checkpoint IS 'What its handler last gave to heartbeat; null where it never did. Kept after its end.';
