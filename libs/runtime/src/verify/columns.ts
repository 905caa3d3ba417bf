/** Columns of the projection's tables, in the order in which their values are compared. The first one names the group. */
export const columns = {
  run: ['partition', 'tenant', 'workflow', 'version', 'status', 'task_count', 'requested_at', 'ended_at', 'reason'],
  task: [
    ...['partition', 'task_id', 'handler', 'queue', 'band', 'status', 'attempt', 'failures', 'worker', 'queued_at'],
    ...['dispatched_at', 'started_at', 'finished_at', 'moved_at', 'reason', 'result', 'error', 'due_at'],
  ],
  single: [
    ...['partition', 'tenant', 'run_status', 'requested_at', 'ended_at', 'run_reason'],
    ...['task_id', 'handler', 'queue', 'band', 'task_status', 'attempt', 'failures', 'worker', 'queued_at'],
    ...['dispatched_at', 'started_at', 'finished_at', 'moved_at', 'task_reason', 'result', 'error', 'due_at'],
  ],
  attempt: ['partition', 'worker', 'dispatched_at', 'started_at', 'finished_at', 'outcome', 'reason', 'error'],
  quarantine: ['cause', 'detail'],
  workflow: ['name', 'definition', 'tasks'],
  input: ['input'],
  paused: ['paused_at'],
  checkpoint: ['checkpoint'],
} as const;

/** Columns that hold JSON, which is compared in canonical form. */
export const jsonColumns: ReadonlySet<string> = new Set(['result', 'error', 'definition', 'input', 'checkpoint']);
/** Columns that hold times. */
export const timeColumns: ReadonlySet<string> = new Set([
  ...['requested_at', 'ended_at', 'queued_at', 'dispatched_at', 'started_at', 'finished_at', 'moved_at', 'due_at'],
  'paused_at',
]);
