import { planTask, type PlannedTask } from '../dag/dag.js';
import type { TaskSpec } from '../dag/workflow-definition.js';
import type { RunId, TaskIndex } from '../ids.js';
import type { Json } from '../json.js';
import { Run, type Attempt } from '../run/run.js';
import type { RunSweep } from '../run/run-sweep.js';
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
/** Status, attempt and failures of a run of one task. */
const loneCounts = 3;

/**
 * Copies what the fold may change in these runs later. Of a run whose only task waits, as almost all do where there are many,
 * three counts: 20 bytes, where a copy like that of others takes 500. Gives them in their order, once.
 */
export function captureRuns(runs: ReadonlyMap<RunId, Run>): Iterable<CapturedRun> {
  const counts = new Int32Array(runs.size * loneCounts);
  const all = Array.from(runs.values(), (run, index) => {
    if (!isPlain(run)) return captureRun(run);
    counts.set([taskStatusCode[run.statusOf(0)], run.attemptNumberOf(0), run.failuresOf(0)], index * loneCounts);
    return run;
  });
  return (function* () {
    for (const [index, each] of all.entries()) {
      if (each instanceof Run) yield plainRun(each, counts.subarray(index * loneCounts, (index + 1) * loneCounts));
      else yield each;
    }
  })();
}

/** Nothing of it can have changed since its birth but the status and the counts of its only task. */
function isPlain(run: Run): boolean {
  const { columns, status, sweep, resultBytes, open, failed, inFlight } = run;
  const isUntouched = status === 'running' && sweep === undefined && resultBytes === 0 && open === 1 && !failed;
  return columns === undefined && isUntouched && inFlight.size === 0 && !hasEntries(run);
}

function plainRun(run: Run, [status, attempt, failures]: Int32Array): CapturedRun {
  const { runAt, runCloseBy, traceparent } = run;
  return {
    run,
    values: {
      status: 'running',
      runAt,
      runCloseBy,
      traceparent,
      sweep: undefined,
      resultBytes: 0,
      open: 1,
      failed: false,
    },
    statuses: [status!],
    columns: { attemptNumbers: [attempt!], failures: [failures!] },
    maps: nothing,
    inFlight: nothing,
  };
}

function captureRun(run: Run): CapturedRun {
  const { status, runAt, runCloseBy, traceparent, resultBytes, open, failed } = run;
  const sweep = run.sweep && copyOfSweep(run.sweep);
  const own = run.columns;
  const inFlight = run.inFlight.size === 0 ? nothing : [...run.inFlight.values()].map(copyOf);
  return {
    run,
    values: { status, runAt, runCloseBy, traceparent, sweep, resultBytes, open, failed },
    statuses: own === undefined ? [taskStatusCode[run.statusOf(0)]] : own.statuses.slice(),
    columns: own === undefined ? loneColumns(run) : allColumns(own),
    maps: hasEntries(run) ? copiedMaps(run) : nothing,
    inFlight,
  };
}

function copyOfSweep({ untold, banded, ...rest }: RunSweep): RunSweep {
  return { ...rest, untold: [...untold], ...(banded !== undefined && { banded: { ...banded } }) };
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
