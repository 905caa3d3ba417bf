import type { ProjectionBatch, ProjectionPosition, RunRow, TaskRunRow } from '../ports.js';

/** Builders of rows for specs of projections: plausible defaults, changed by `with`. */
export function runRow(id: string, changes: Partial<RunRow> = {}): RunRow {
  const times = { requestedAt: 1_700_000_000_000, endedAt: null };
  const origin = { partition: 0, tenant: 'default', workflow: null, version: null };
  const told = { reason: null, input: null, idempotencyKey: null };
  return { id, ...origin, status: 'running', taskCount: 1, ...times, ...told, ...changes };
}

export function taskRunRow(run: string, task: number, changes: Partial<TaskRunRow> = {}): TaskRunRow {
  return {
    ...{ run, task, id: `task-${task}`, partition: 0, handler: 'noop', queue: 'default', band: 3 },
    ...{ status: 'queued', attempt: 0, failures: 0, worker: null },
    ...{ queuedAt: 1_700_000_000_000, dispatchedAt: null, startedAt: null, finishedAt: null },
    ...{ movedAt: 1_700_000_000_000, reason: null, result: null, error: null, dueAt: null },
    ...changes,
  };
}

export function projectionPosition(from: number, to: number, partition = 0): ProjectionPosition {
  return {
    partition,
    from,
    to,
    at: 1_700_000_000_000 + to,
    accepted: to,
    rejected: 1,
    quarantined: 2,
    nonce: 'n',
    hash: to,
  };
}

export function projectionBatch(
  positions: readonly ProjectionPosition[],
  rows: Partial<ProjectionBatch> = {},
): ProjectionBatch {
  const runs = { runsBorn: [], runsChanged: [], singlesBorn: [], singlesChanged: [] };
  return {
    positions,
    ...runs,
    tasksBorn: [],
    tasksChanged: [],
    runsPaused: [],
    checkpoints: [],
    attempts: [],
    workflows: [],
    quarantine: [],
    ...rows,
  };
}
