import type { TaskSpec } from '../dag/workflow-definition.js';
import type { PlannedTask } from '../dag/dag.js';
import type { TaskIndex } from '../ids.js';
import type { Json } from '../json.js';
import type { Attempt, Run } from '../run/run.js';
import { retryPolicyDefault } from '../task/retry-policy.js';
import { taskStatuses, taskStatusCode, type TaskStatus } from '../task/task-status.js';
import { runColumns, runMaps, runParentColumns, runValues, type RunColumn, type RunMap } from './run-members.js';
import { entriesPerPart, resultsPerPart, type MorePart, type RunPart, type TaskRunsSlice } from './snapshot-part.js';

type Column = ArrayLike<number> & { slice(from: number, to: number): ArrayLike<number> };

/** What changes in a run, copied; the rest is read from the run when it is written out. */
export interface CapturedRun {
  readonly run: Run;
  readonly values: { readonly [name: string]: Json };
  /** By index in `taskStatuses`. */
  readonly statuses: Uint8Array | readonly number[];
  readonly columns: readonly (readonly [RunColumn, Column])[];
  readonly maps: readonly (readonly [RunMap, readonly (readonly [TaskIndex, Json])[]])[];
  readonly inFlight: readonly Omit<Attempt, 'run'>[];
}

const nothing: readonly never[] = [];
const allColumns = [...runColumns, ...runParentColumns];

/** Copies what the fold may change in it later. Costs about 1 us for a run of one task, and a copy of its columns for others. */
export function captureRun(run: Run): CapturedRun {
  const count = run.dag.tasks.length;
  const isLone = count === 1;
  const statuses = isLone ? [taskStatusCode[run.statusOf(0)]] : new Uint8Array(count);
  for (let task = 0; !isLone && task < count; task++) statuses[task] = taskStatusCode[run.statusOf(task)];
  const values: Record<string, Json> = {};
  for (const name of runValues) if (run[name] !== undefined) values[name] = run[name];
  const columns = isLone
    ? runColumns.map((name) => [name, [run[name][0]!]] as const)
    : allColumns.map((name) => [name, run[name].slice()] as const);
  const maps: [RunMap, [TaskIndex, Json][]][] = [];
  for (const name of runMaps) if (run[name].size > 0) maps.push([name, [...run[name]]]);
  const inFlight = run.inFlight.size === 0 ? nothing : [...run.inFlight.values()].map(copyOf);
  return { run, values, statuses, columns, maps, inFlight };
}

function copyOf(attempt: Attempt): Omit<Attempt, 'run'> {
  const { run: _run, ...copy } = attempt;
  return copy;
}

/** The captured run as parts: one, and more where a slice is not enough. */
export function* partsOfRun(captured: CapturedRun): Generator<RunPart | MorePart> {
  const { id, tenant, version, input, runBand: band, requestedAt } = captured.run;
  const head = { id, tenant, version, input, band, requestedAt, values: captured.values };
  const task = captured.run.isSingle ? specOf(captured.run.task(0)) : undefined;
  let isFirst = true;
  for (const slice of slicesOfRun(captured)) {
    yield isFirst ? { part: 'run', ...defined({ ...head, task }), ...slice } : { part: 'more', ...slice };
    isFirst = false;
  }
}

function* slicesOfRun({ statuses, columns, maps, inFlight }: CapturedRun): Generator<TaskRunsSlice> {
  const longest = Math.max(statuses.length, inFlight.length, ...maps.map(([, entries]) => entries.length));
  const size = maps.some(([name]) => name === 'results') ? resultsPerPart : entriesPerPart;
  for (let from = 0; from < longest; from += size) {
    const to = from + size;
    const flying = inFlight.slice(from, to);
    const filled = maps.filter(([, entries]) => entries.length > from);
    yield {
      ...(from > 0 && { from }),
      statuses: Array.from(statuses.slice(from, to), (code): TaskStatus => taskStatuses[code]!),
      columns: Object.fromEntries(columns.map(([name, column]) => [name, Array.from(column.slice(from, to))])),
      ...(filled.length > 0 && {
        maps: Object.fromEntries(filled.map(([name, entries]) => [name, entries.slice(from, to)])),
      }),
      ...(flying.length > 0 && { inFlight: flying }),
    };
  }
}

/** What `planTask` makes this task of again. */
export function specOf({ id: _id, input: _input, join: _join, retry, ...spec }: PlannedTask): TaskSpec {
  return defined({ ...spec, ...(retry !== retryPolicyDefault && { retry }) });
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without the members that are undefined: JSON has none. */
export function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
