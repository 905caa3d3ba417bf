import { planTask, type PlannedTask } from '../dag/dag.js';
import type { TaskSpec } from '../dag/workflow-definition.js';
import type { TaskIndex } from '../ids.js';
import type { Json } from '../json.js';
import type { Attempt, Run } from '../run/run.js';
import type { TaskColumns } from '../run/task-columns.js';
import { taskStatusCode, taskStatuses } from '../task/task-status.js';
import type { RunColumn, RunMap, RunValue } from './run-members.js';
import { entriesPerPart, resultsPerPart, type MorePart, type RunPart, type TaskRunsSlice } from './snapshot-part.js';

interface Column {
  readonly length: number;
  slice(from: number, to: number): ArrayLike<number>;
}

/** What changes in a run, copied; the rest is read from the run when it is written out. */
export interface CapturedRun {
  readonly run: Run;
  readonly values: { readonly [Name in RunValue]: Run[Name] };
  /** By index in `taskStatuses`. */
  readonly statuses: Column;
  readonly columns: { readonly [Name in RunColumn]?: Column };
  /** Those that have entries. */
  readonly maps: readonly (readonly [RunMap, readonly (readonly [TaskIndex, Json])[]])[];
  readonly inFlight: readonly Omit<Attempt, 'run'>[];
}

const nothing: readonly never[] = [];

/** Copies what the fold may change in it later: about 1 us for a run of one task, and a copy of its columns for others. */
export function captureRun(run: Run): CapturedRun {
  const { status, runAt, runCloseBy, resultBytes, open, failed } = run;
  const sweep = run.sweep && { ...run.sweep, untold: [...run.sweep.untold] };
  const own = run.columns;
  const inFlight = run.inFlight.size === 0 ? nothing : [...run.inFlight.values()].map(copyOf);
  return {
    run,
    values: { status, runAt, runCloseBy, sweep, resultBytes, open, failed },
    statuses: own === undefined ? [taskStatusCode[run.statusOf(0)]] : own.statuses.slice(),
    columns: own === undefined ? loneColumns(run) : allColumns(own),
    maps: hasEntries(run) ? copiedMaps(run) : nothing,
    inFlight,
  };
}

function loneColumns(run: Run): CapturedRun['columns'] {
  return { attemptNumbers: [run.attemptNumberOf(0)], failures: [run.failuresOf(0)] };
}

function allColumns({ attemptNumbers, failures, waitsFor, parentsSucceeded, parentsFailed }: TaskColumns) {
  return {
    attemptNumbers: attemptNumbers.slice(),
    failures: failures.slice(),
    waitsFor: waitsFor.slice(),
    parentsSucceeded: parentsSucceeded.slice(),
    parentsFailed: parentsFailed.slice(),
  } satisfies Record<RunColumn, Column>;
}

function hasEntries({ dueAt, startBy, closeBy, retryBy, bands, results, farResults, deaths }: Run): boolean {
  return (
    dueAt.size +
      startBy.size +
      closeBy.size +
      retryBy.size +
      bands.size +
      results.size +
      farResults.size +
      deaths.size >
    0
  );
}

function copiedMaps({
  dueAt,
  startBy,
  closeBy,
  retryBy,
  bands,
  results,
  farResults,
  deaths,
}: Run): CapturedRun['maps'] {
  const maps = { dueAt, startBy, closeBy, retryBy, bands, results, farResults, deaths } satisfies Record<
    RunMap,
    unknown
  >;
  return Object.entries(maps).flatMap(([name, map]) =>
    map.size > 0 ? [[name as RunMap, [...map] as unknown as [TaskIndex, Json][]] as const] : [],
  );
}

function copyOf(attempt: Attempt): Omit<Attempt, 'run'> {
  const { run: _run, ...copy } = attempt;
  return copy;
}

/** The captured run as parts: one, and more where a slice is not enough. What a new run would have anyway is left out. */
export function* partsOfRun(captured: CapturedRun): Generator<RunPart | MorePart> {
  const { run, values } = captured;
  const { id, tenant, version, input, inputAt, runBand: band, requestedAt } = run;
  const task = run.isSingle ? specOf(run.task(0)) : undefined;
  const told = different(values, {
    status: 'running',
    runAt: 0,
    resultBytes: 0,
    open: run.dag.tasks.length,
    failed: false,
  });
  let isFirst = true;
  for (const slice of slicesOfRun(captured)) {
    yield isFirst
      ? {
          part: 'run',
          ...defined({ id, tenant, version, task, input, inputAt, band, requestedAt }),
          values: told,
          ...slice,
        }
      : { part: 'more', ...slice };
    isFirst = false;
  }
}

function* slicesOfRun({ statuses, columns, maps, inFlight }: CapturedRun): Generator<TaskRunsSlice> {
  const longest = Math.max(statuses.length, inFlight.length, ...maps.map(([, all]) => all.length));
  const size = maps.some(([name]) => name === 'results') ? resultsPerPart : entriesPerPart;
  for (let from = 0; from < longest; from += size) {
    const to = from + size;
    const flying = inFlight.slice(from, to);
    const filled = maps.filter(([, all]) => all.length > from).map(([name, all]) => [name, all.slice(from, to)]);
    const named = Object.entries(columns).map(([name, column]) => [name, Array.from(column.slice(from, to))] as const);
    const counted = named.filter(([name, column]) => name === 'waitsFor' || column.some((count) => count !== 0));
    yield {
      ...(from > 0 && { from }),
      statuses: Array.from(statuses.slice(from, to), (code) => taskStatuses[code]!),
      ...(counted.length > 0 && { columns: Object.fromEntries(counted) }),
      ...(filled.length > 0 && { maps: Object.fromEntries(filled) as TaskRunsSlice['maps'] & object }),
      ...(flying.length > 0 && { inFlight: flying }),
    };
  }
}

const plainTask = planTask('', { handler: '' });

/** What `planTask` makes this task of again: without what is left to its defaults. */
export function specOf({ id: _id, input: _input, join: _join, handler, ...plan }: PlannedTask): TaskSpec {
  return { handler, ...different(plan, plainTask) };
}

/** The members that are defined and other than in `usual`. */
function different<T extends object>(object: T, usual: Partial<T>): Partial<Defined<T>> {
  return Object.fromEntries(
    Object.entries(object).filter(([name, value]) => value !== undefined && value !== usual[name as keyof T]),
  ) as Partial<Defined<T>>;
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without the members that are undefined: JSON has none. */
export function defined<T extends object>(object: T): Defined<T> {
  return different(object, {}) as Defined<T>;
}
