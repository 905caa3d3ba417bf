import type {
  AttemptRow,
  ProjectionPosition,
  QuarantineRow,
  CheckpointRow,
  RunPausedRow,
  RunRow,
  TaskRunRow,
  WorkflowRow,
} from '@millrace/runtime';
import { bigintColumn, intColumn, jsonColumn, textColumn, timeColumn } from './column-encoder.js';

/** A single task: its run and its task run. */
export type SingleRow = readonly [RunRow, TaskRunRow];

/** Parameters of the statements in sql/, in their order. */
export function positionColumns(rows: readonly ProjectionPosition[]): Buffer[] {
  return [
    intColumn(rows.map((row) => row.partition)),
    bigintColumn(rows.map((row) => row.from)),
    bigintColumn(rows.map((row) => row.to)),
    timeColumn(rows.map((row) => row.at)),
    bigintColumn(rows.map((row) => row.accepted)),
    bigintColumn(rows.map((row) => row.rejected)),
    bigintColumn(rows.map((row) => row.quarantined)),
    textColumn(rows.map((row) => row.nonce)),
    bigintColumn(rows.map((row) => row.hash)),
  ];
}

export function runBornColumns(rows: readonly RunRow[]): Buffer[] {
  return [
    textColumn(rows.map((row) => row.id)),
    intColumn(rows.map((row) => row.partition)),
    textColumn(rows.map((row) => row.tenant)),
    textColumn(rows.map((row) => row.workflow)),
    textColumn(rows.map((row) => row.version)),
    textColumn(rows.map((row) => row.status)),
    intColumn(rows.map((row) => row.taskCount)),
    timeColumn(rows.map((row) => row.requestedAt)),
    timeColumn(rows.map((row) => row.endedAt)),
    textColumn(rows.map((row) => row.reason)),
    jsonColumn(rows.map((row) => row.input)),
    textColumn(rows.map((row) => row.idempotencyKey)),
  ];
}

export function runChangedColumns(rows: readonly RunRow[]): Buffer[] {
  return [
    textColumn(rows.map((row) => row.id)),
    textColumn(rows.map((row) => row.status)),
    timeColumn(rows.map((row) => row.endedAt)),
    textColumn(rows.map((row) => row.reason)),
  ];
}

export function checkpointColumns(rows: readonly CheckpointRow[]): Buffer[] {
  return [
    textColumn(rows.map(({ run }) => run)),
    intColumn(rows.map(({ task }) => task)),
    jsonColumn(rows.map(({ checkpoint }) => checkpoint)),
  ];
}

export function runPausedColumns(rows: readonly RunPausedRow[]): Buffer[] {
  return [textColumn(rows.map(({ run }) => run)), timeColumn(rows.map(({ since }) => since))];
}

export function taskBornColumns(rows: readonly TaskRunRow[]): Buffer[] {
  return [
    textColumn(rows.map((row) => row.run)),
    intColumn(rows.map((row) => row.task)),
    intColumn(rows.map((row) => row.partition)),
    textColumn(rows.map((row) => row.id)),
    textColumn(rows.map((row) => row.handler)),
    textColumn(rows.map((row) => row.queue)),
    intColumn(rows.map((row) => row.band)),
    ...taskStateColumns(rows),
  ];
}

export function taskChangedColumns(rows: readonly TaskRunRow[]): Buffer[] {
  return [
    textColumn(rows.map((row) => row.run)),
    intColumn(rows.map((row) => row.task)),
    ...taskStateColumns(rows),
    intColumn(rows.map((row) => row.band)),
  ];
}

export function singleBornColumns(rows: readonly SingleRow[]): Buffer[] {
  return [
    textColumn(rows.map(([run]) => run.id)),
    intColumn(rows.map(([run]) => run.partition)),
    textColumn(rows.map(([run]) => run.tenant)),
    textColumn(rows.map(([run]) => run.status)),
    timeColumn(rows.map(([run]) => run.requestedAt)),
    timeColumn(rows.map(([run]) => run.endedAt)),
    textColumn(rows.map(([run]) => run.reason)),
    jsonColumn(rows.map(([run]) => run.input)),
    textColumn(rows.map(([, task]) => task.handler)),
    textColumn(rows.map(([, task]) => task.queue)),
    intColumn(rows.map(([, task]) => task.band)),
    ...taskStateColumns(rows.map(([, task]) => task)),
    textColumn(rows.map(([, task]) => (task.id === 'task' ? null : task.id))),
    textColumn(rows.map(([run]) => run.idempotencyKey)),
  ];
}

export function singleChangedColumns(rows: readonly SingleRow[]): Buffer[] {
  return [
    textColumn(rows.map(([run]) => run.id)),
    textColumn(rows.map(([run]) => run.status)),
    timeColumn(rows.map(([run]) => run.endedAt)),
    textColumn(rows.map(([run]) => run.reason)),
    ...taskStateColumns(rows.map(([, task]) => task)),
    intColumn(rows.map(([, task]) => task.band)),
  ];
}

export function attemptColumns(rows: readonly AttemptRow[]): Buffer[] {
  return [
    textColumn(rows.map((row) => row.run)),
    intColumn(rows.map((row) => row.task)),
    intColumn(rows.map((row) => row.attempt)),
    intColumn(rows.map((row) => row.partition)),
    textColumn(rows.map((row) => row.worker)),
    timeColumn(rows.map((row) => row.dispatchedAt)),
    timeColumn(rows.map((row) => row.startedAt)),
    timeColumn(rows.map((row) => row.finishedAt)),
    textColumn(rows.map((row) => row.outcome)),
    textColumn(rows.map((row) => row.reason)),
    jsonColumn(rows.map((row) => row.error)),
  ];
}

export function workflowColumns(rows: readonly WorkflowRow[]): Buffer[] {
  return [
    textColumn(rows.map((row) => row.version)),
    textColumn(rows.map((row) => row.name)),
    jsonColumn(rows.map((row) => row.definition)),
    intColumn(rows.map((row) => row.tasks)),
  ];
}

export function quarantineColumns(rows: readonly QuarantineRow[]): Buffer[] {
  return [
    intColumn(rows.map((row) => row.partition)),
    bigintColumn(rows.map((row) => row.offset)),
    intColumn(rows.map((row) => row.index)),
    textColumn(rows.map((row) => row.cause)),
    textColumn(rows.map((row) => row.detail)),
  ];
}

function taskStateColumns(rows: readonly TaskRunRow[]): Buffer[] {
  return [
    textColumn(rows.map((row) => row.status)),
    intColumn(rows.map((row) => row.attempt)),
    intColumn(rows.map((row) => row.failures)),
    textColumn(rows.map((row) => row.worker)),
    timeColumn(rows.map((row) => row.queuedAt)),
    timeColumn(rows.map((row) => row.dispatchedAt)),
    timeColumn(rows.map((row) => row.startedAt)),
    timeColumn(rows.map((row) => row.finishedAt)),
    timeColumn(rows.map((row) => row.movedAt)),
    textColumn(rows.map((row) => row.reason)),
    jsonColumn(rows.map((row) => row.result)),
    jsonColumn(rows.map((row) => row.error)),
    timeColumn(rows.map((row) => row.dueAt)),
  ];
}
