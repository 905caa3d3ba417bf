-- The projection: rows told by the log. Nothing here is primary; all of it can be dropped and rebuilt.
--
-- Ids are compared as bytes (collation "C"). No index names a column that changes, and pages are left partly empty, so
-- that an update stays on its page and touches no index (heap-only tuples). An update of a single task costs 7 us of
-- Postgres' CPU at fill factor 40 (all heap-only), 11 at 50 (73 %), 15 at 100 (none).

CREATE TABLE run_records (
  id text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  tenant text NOT NULL,
  workflow text,
  version text,
  status text NOT NULL,
  task_count integer NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  reason text,
  input jsonb,
  CONSTRAINT run_records_pkey PRIMARY KEY (id)
) WITH (fillfactor = 70);
CREATE INDEX run_records_requested_at_id_idx ON run_records (requested_at, id);
CREATE INDEX run_records_workflow_requested_at_id_idx ON run_records (workflow, requested_at, id);

CREATE TABLE task_run_records (
  run_id text COLLATE "C" NOT NULL,
  task integer NOT NULL,
  partition integer NOT NULL,
  task_id text NOT NULL,
  handler text NOT NULL,
  queue text NOT NULL,
  band smallint NOT NULL,
  status text NOT NULL,
  attempt integer NOT NULL,
  failures integer NOT NULL,
  worker text,
  queued_at timestamptz(3),
  dispatched_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  moved_at timestamptz(3) NOT NULL,
  reason text,
  result jsonb,
  error jsonb,
  due_at timestamptz(3),
  CONSTRAINT task_run_records_pkey PRIMARY KEY (run_id, task)
) WITH (fillfactor = 40);

CREATE TABLE single_records (
  id text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  tenant text NOT NULL,
  run_status text NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  run_reason text,
  input jsonb,
  task_id text, -- null where it is 'task', as it is unless somebody says otherwise
  handler text NOT NULL,
  queue text NOT NULL,
  band smallint NOT NULL,
  task_status text NOT NULL,
  attempt integer NOT NULL,
  failures integer NOT NULL,
  worker text,
  queued_at timestamptz(3),
  dispatched_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  moved_at timestamptz(3) NOT NULL,
  task_reason text,
  result jsonb,
  error jsonb,
  due_at timestamptz(3),
  CONSTRAINT single_records_pkey PRIMARY KEY (id)
) WITH (fillfactor = 40);
CREATE INDEX single_records_requested_at_id_idx ON single_records (requested_at, id);

CREATE TABLE attempt_records (
  run_id text COLLATE "C" NOT NULL,
  task integer NOT NULL,
  attempt integer NOT NULL,
  partition integer NOT NULL,
  worker text,
  dispatched_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3) NOT NULL,
  outcome text NOT NULL,
  reason text,
  error jsonb,
  CONSTRAINT attempt_records_pkey PRIMARY KEY (run_id, task, attempt)
);

CREATE TABLE workflow_records (
  version text COLLATE "C" NOT NULL,
  name text NOT NULL,
  definition jsonb NOT NULL,
  tasks integer NOT NULL,
  CONSTRAINT workflow_records_pkey PRIMARY KEY (version)
);
CREATE INDEX workflow_records_name_version_idx ON workflow_records (name, version);

CREATE TABLE quarantine_records (
  partition integer NOT NULL,
  log_offset bigint NOT NULL,
  item_index integer NOT NULL,
  cause text NOT NULL,
  detail text NOT NULL,
  CONSTRAINT quarantine_records_pkey PRIMARY KEY (partition, log_offset, item_index)
);

CREATE TABLE projection_positions (
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  accepted bigint NOT NULL,
  rejected bigint NOT NULL,
  quarantined bigint NOT NULL,
  CONSTRAINT projection_positions_pkey PRIMARY KEY (partition)
) WITH (fillfactor = 10);

CREATE VIEW runs AS
SELECT id, partition, tenant, workflow, version, status, task_count, requested_at, ended_at, reason, input
FROM run_records
UNION ALL
SELECT id, partition, tenant, NULL::text, NULL::text, run_status, 1, requested_at, ended_at, run_reason, input
FROM single_records;

CREATE VIEW task_runs AS
SELECT run_id, task, partition, task_id, handler, queue, band, status, attempt, failures, worker,
  queued_at, dispatched_at, started_at, finished_at, moved_at, reason, result, error, due_at
FROM task_run_records
UNION ALL
SELECT id, 0, partition, coalesce(task_id, 'task'), handler, queue, band, task_status, attempt, failures, worker,
  queued_at, dispatched_at, started_at, finished_at, moved_at, task_reason, result, error, due_at
FROM single_records;

-- The row of a task run tells its last attempt, except where that attempt ended and the task run went on.
CREATE VIEW task_attempts AS
SELECT run_id, task, attempt, partition, worker, dispatched_at, started_at, finished_at, outcome, reason, error
FROM attempt_records
UNION ALL
SELECT run_id, task, attempt, partition, worker, dispatched_at, started_at, finished_at, status, reason, error
FROM task_run_records t
WHERE attempt > 0
  AND NOT EXISTS (SELECT FROM attempt_records a WHERE a.run_id = t.run_id AND a.task = t.task AND a.attempt = t.attempt)
UNION ALL
SELECT id, 0, attempt, partition, worker, dispatched_at, started_at, finished_at, task_status, task_reason, error
FROM single_records s
WHERE attempt > 0
  AND NOT EXISTS (SELECT FROM attempt_records a WHERE a.run_id = s.id AND a.task = 0 AND a.attempt = s.attempt);

CREATE VIEW workflows AS
SELECT name, version, tasks, definition FROM workflow_records;

CREATE VIEW projection_freshness AS
SELECT partition, next_offset, at, accepted + rejected + quarantined AS entries, accepted, rejected, quarantined
FROM projection_positions;

COMMENT ON VIEW runs IS 'One row per run: of a workflow, or of a single task. Told by the log; see projection_freshness for how far.';
COMMENT ON COLUMN runs.id IS 'Run id. Opaque; given by the submit request.';
COMMENT ON COLUMN runs.partition IS 'Log partition in which the run lives.';
COMMENT ON COLUMN runs.tenant IS 'Who it belongs to; default where nobody was named.';
COMMENT ON COLUMN runs.workflow IS 'Name of its workflow; null for a single task.';
COMMENT ON COLUMN runs.version IS 'Content hash of the workflow definition that it runs; null for a single task.';
COMMENT ON COLUMN runs.status IS 'running, succeeded, failed, cancelled or timed_out.';
COMMENT ON COLUMN runs.task_count IS 'Task runs of this run.';
COMMENT ON COLUMN runs.requested_at IS 'When its request entered the log (partition time).';
COMMENT ON COLUMN runs.ended_at IS 'When its last task run ended (partition time); null while it runs.';
COMMENT ON COLUMN runs.reason IS 'Why it ended so, where the status alone does not tell.';
COMMENT ON COLUMN runs.input IS 'Input as requested; null where there was none.';

COMMENT ON VIEW task_runs IS 'One row per task run: a node of a run, or the only task of a single-task run (task 0).';
COMMENT ON COLUMN task_runs.run_id IS 'Run id; see runs.id.';
COMMENT ON COLUMN task_runs.task IS 'Index of the node in its workflow, from 0.';
COMMENT ON COLUMN task_runs.partition IS 'Log partition in which the run lives.';
COMMENT ON COLUMN task_runs.task_id IS 'Id of the node in its workflow; task for a single task.';
COMMENT ON COLUMN task_runs.handler IS 'Name of the handler that workers serve.';
COMMENT ON COLUMN task_runs.queue IS 'Queue that it waits in.';
COMMENT ON COLUMN task_runs.band IS 'Priority: 5 critical, 4 high, 3 normal, 2 low, 1 background.';
COMMENT ON COLUMN task_runs.status IS 'pending, scheduled, queued, dispatched, running, backing_off, succeeded, failed, timed_out, cancelled, skipped or dead_lettered.';
COMMENT ON COLUMN task_runs.attempt IS 'Number of its last attempt; 0 before the first.';
COMMENT ON COLUMN task_runs.failures IS 'Failed executions so far; hand-backs and lost workers do not count.';
COMMENT ON COLUMN task_runs.worker IS 'Worker of its last attempt.';
COMMENT ON COLUMN task_runs.queued_at IS 'When it last became queued (partition time).';
COMMENT ON COLUMN task_runs.dispatched_at IS 'When its last attempt was dispatched (partition time).';
COMMENT ON COLUMN task_runs.started_at IS 'When the handler began its last attempt: by the clock of the worker, or by partition time where only the start was logged.';
COMMENT ON COLUMN task_runs.finished_at IS 'When the handler ended its last attempt, by the clock of the worker.';
COMMENT ON COLUMN task_runs.moved_at IS 'When its status changed last (partition time).';
COMMENT ON COLUMN task_runs.reason IS 'Why it moved last, where the status alone does not tell.';
COMMENT ON COLUMN task_runs.result IS 'What its handler returned.';
COMMENT ON COLUMN task_runs.error IS 'Name, message and stack of the last failed execution.';
COMMENT ON COLUMN task_runs.due_at IS 'When its back-off ends; null unless it backs off.';

COMMENT ON VIEW task_attempts IS 'One row per attempt: earlier ones, and the last one of each task run.';
COMMENT ON COLUMN task_attempts.run_id IS 'Run id; see runs.id.';
COMMENT ON COLUMN task_attempts.task IS 'Index of the node in its workflow, from 0.';
COMMENT ON COLUMN task_attempts.attempt IS 'Number of the attempt, from 1. It rises with every dispatch, also after hand-backs.';
COMMENT ON COLUMN task_attempts.partition IS 'Log partition in which the run lives.';
COMMENT ON COLUMN task_attempts.worker IS 'Worker that it was given to.';
COMMENT ON COLUMN task_attempts.dispatched_at IS 'When it was dispatched (partition time).';
COMMENT ON COLUMN task_attempts.started_at IS 'When its handler began; null where that is not known.';
COMMENT ON COLUMN task_attempts.finished_at IS 'When it ended; null while it is in flight.';
COMMENT ON COLUMN task_attempts.outcome IS 'failed, timed_out, returned, recalled or worker_lost for an attempt that did not end its task run; else the status of the task run.';
COMMENT ON COLUMN task_attempts.reason IS 'Why, where the outcome alone does not tell.';
COMMENT ON COLUMN task_attempts.error IS 'Name, message and stack of a failed execution.';

COMMENT ON VIEW workflows IS 'One row per workflow version that is in force in at least one projected partition.';
COMMENT ON COLUMN workflows.name IS 'Name of the workflow; its versions share it.';
COMMENT ON COLUMN workflows.version IS 'SHA-256 of the canonical JSON of the definition.';
COMMENT ON COLUMN workflows.tasks IS 'Number of nodes.';
COMMENT ON COLUMN workflows.definition IS 'The definition as registered.';

COMMENT ON VIEW projection_freshness IS 'How far each log partition is shown here. Rows and offset change in one transaction.';
COMMENT ON COLUMN projection_freshness.partition IS 'Log partition.';
COMMENT ON COLUMN projection_freshness.next_offset IS 'Everything in the log below this offset is shown.';
COMMENT ON COLUMN projection_freshness.at IS 'Partition time of what is shown.';
COMMENT ON COLUMN projection_freshness.entries IS 'Entries of the log so far: accepted + rejected + quarantined.';
COMMENT ON COLUMN projection_freshness.accepted IS 'Entries that took effect.';
COMMENT ON COLUMN projection_freshness.rejected IS 'Entries that were refused by the state they met.';
COMMENT ON COLUMN projection_freshness.quarantined IS 'Items that could not be read as an event.';

COMMENT ON TABLE run_records IS 'Base table of runs; read the view.';
COMMENT ON TABLE task_run_records IS 'Base table of task_runs; read the view.';
COMMENT ON TABLE single_records IS 'Single tasks, run and task run in one row; read the views runs and task_runs.';
COMMENT ON TABLE attempt_records IS 'Attempts that ended without ending their task run; read the view task_attempts.';
COMMENT ON TABLE workflow_records IS 'Base table of workflows; read the view.';
COMMENT ON TABLE quarantine_records IS 'Bytes of the log that could not be read as an event under the rules in force, with the reason.';
COMMENT ON TABLE projection_positions IS 'Base table of projection_freshness; read the view.';
