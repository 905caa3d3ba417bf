import { canonicalJson, type Json } from '@millrace/domain';
import type {
  AttemptRow,
  ProjectionBatch,
  QuarantineRow,
  RunRow,
  TaskRunRow,
  WorkflowRow,
} from '../projection-port.js';
import type { Cell, CellValue, TableName } from './cell.js';
import { columns } from './columns.js';

/** The rows of a batch, without the positions. */
export type ToldRows = Omit<ProjectionBatch, 'positions'>;

const ended: ReadonlySet<string> = new Set([
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'skipped',
  'dead_lettered',
]);

/** What a batch writes, as cells, in the order in which a store writes it: a later cell takes the place of an earlier one. */
export function* toldCells(rows: ToldRows): Generator<Cell> {
  for (const run of rows.runsBorn) yield* bornRun('run_records', run, runCell(run));
  for (const each of rows.singlesBorn) yield* bornRun('single_records', each[0], singleCell(each));
  for (const task of rows.tasksBorn) yield taskCell(task);
  for (const { run, isSingle, since } of rows.runsPaused) {
    const values = since === null ? undefined : [since];
    yield { table: isSingle ? 'single_records' : 'run_records', key: run, owner: run, names: columns.paused, values };
  }
  for (const { run, task, isSingle, checkpoint } of rows.checkpoints) {
    const place = isSingle
      ? ({ table: 'single_records', key: run } as const)
      : ({ table: 'task_run_records', key: `${run}/${task}` } as const);
    yield { ...place, owner: run, names: columns.checkpoint, values: [canonical(checkpoint)] };
  }
  for (const task of rows.tasksChanged) yield taskCell(task);
  for (const run of rows.runsChanged) yield runCell(run);
  for (const each of rows.singlesChanged) yield singleCell(each);
  for (const row of rows.attempts) yield attemptCell(row);
  for (const row of rows.quarantine) yield quarantineCell(row);
}

function* bornRun(table: TableName, { id, input }: RunRow, cell: Cell): Generator<Cell> {
  yield cell;
  if (input !== null)
    yield { table, key: id, owner: id, names: columns.input, values: [canonical(input)], isFinal: true };
}

function runCell(row: RunRow): Cell {
  const { id, partition, tenant, workflow, version, status, taskCount, requestedAt, endedAt, reason } = row;
  const values = [partition, tenant, workflow, version, status, taskCount, requestedAt, endedAt, reason];
  return { table: 'run_records', key: id, owner: id, names: columns.run, values, isFinal: ended.has(status) };
}

function taskCell(row: TaskRunRow): Cell {
  const key = `${row.run}/${row.task}`;
  const values = [row.partition, row.id, ...taskValues(row)];
  return {
    table: 'task_run_records',
    key,
    owner: row.run,
    names: columns.task,
    values,
    isFinal: ended.has(row.status),
  };
}

function singleCell([run, task]: readonly [RunRow, TaskRunRow]): Cell {
  const { id, partition, tenant, status, requestedAt, endedAt, reason } = run;
  const taskId = task.id === 'task' ? null : task.id;
  const values = [partition, tenant, status, requestedAt, endedAt, reason, taskId, ...taskValues(task)];
  return { table: 'single_records', key: id, owner: id, names: columns.single, values, isFinal: ended.has(status) };
}

function taskValues(row: TaskRunRow): CellValue[] {
  const { handler, queue, band, status, attempt, failures, worker, queuedAt, dispatchedAt, startedAt, finishedAt } =
    row;
  const { movedAt, reason, result, error, dueAt } = row;
  const times = [queuedAt, dispatchedAt, startedAt, finishedAt, movedAt];
  return [
    handler,
    queue,
    band,
    status,
    attempt,
    failures,
    worker,
    ...times,
    reason,
    canonical(result),
    canonical(error),
    dueAt,
  ];
}

function attemptCell(row: AttemptRow): Cell {
  const { run, task, attempt, partition, worker, dispatchedAt, startedAt, finishedAt, outcome, reason, error } = row;
  const values = [partition, worker, dispatchedAt, startedAt, finishedAt, outcome, reason, canonical(error)];
  return {
    table: 'attempt_records',
    key: `${run}/${task}/${attempt}`,
    owner: run,
    names: columns.attempt,
    values,
    isFinal: true,
  };
}

function quarantineCell({ partition, offset, index, cause, detail }: QuarantineRow): Cell {
  const key = `${partition}/${offset}/${index}`;
  return {
    table: 'quarantine_records',
    key,
    owner: key,
    names: columns.quarantine,
    values: [cause, detail],
    isFinal: true,
  };
}

/** A workflow version is the same in every partition: it belongs to none. */
export function workflowCell({ version, name, definition, tasks }: WorkflowRow): Cell {
  const values = [name, canonical(definition), tasks];
  return { table: 'workflow_records', key: version, owner: version, names: columns.workflow, values, isFinal: true };
}

/** JSON text in the form in which equal values have equal bytes. */
export function canonical(text: string | null): string | null {
  return text === null ? null : canonicalJson(JSON.parse(text) as Json);
}
