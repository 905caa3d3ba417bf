import { runIdOf } from '@millrace/domain';
import type { ProjectionBatch, ProjectionPosition, RunRow, TaskRunRow } from '@millrace/runtime';

/** A run id of partition 0 that is told by a small number. */
export function runId(number: number): string {
  return runIdOf(0, number.toString(16).padStart(32, '0'));
}

export function runRow(changes: Partial<RunRow> = {}): RunRow {
  return {
    id: runId(1),
    partition: 0,
    tenant: 'default',
    workflow: 'etl',
    version: 'f00d',
    status: 'running',
    taskCount: 1,
    requestedAt: 1_700_000_000_123,
    endedAt: null,
    reason: null,
    input: null,
    idempotencyKey: null,
    ...changes,
  };
}

export function taskRow(changes: Partial<TaskRunRow> = {}): TaskRunRow {
  return {
    run: runId(1),
    task: 0,
    id: 'task',
    partition: 0,
    handler: 'load',
    queue: 'default',
    band: 3,
    status: 'queued',
    attempt: 0,
    failures: 0,
    worker: null,
    queuedAt: 1_700_000_000_200,
    dispatchedAt: null,
    startedAt: null,
    finishedAt: null,
    movedAt: 1_700_000_000_200,
    reason: null,
    result: null,
    error: null,
    dueAt: null,
    ...changes,
  };
}

export function positionFrom(from: number, to: number, partition = 0): ProjectionPosition {
  return {
    partition,
    from,
    to,
    at: 1_700_000_000_000 + to,
    accepted: to,
    rejected: 0,
    quarantined: 0,
    nonce: 'n',
    hash: to,
  };
}

/** A batch with the members given and nothing else. */
export function batchOf(members: Partial<ProjectionBatch>): ProjectionBatch {
  return {
    positions: [],
    runsBorn: [],
    runsChanged: [],
    tasksBorn: [],
    tasksChanged: [],
    singlesBorn: [],
    singlesChanged: [],
    runsPaused: [],
    checkpoints: [],
    attempts: [],
    workflows: [],
    quarantine: [],
    ...members,
  };
}
