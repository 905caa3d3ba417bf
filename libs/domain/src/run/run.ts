import { bandDefault, type Band } from '../band.js';
import type { Dag, PlannedTask } from '../dag/dag.js';
import { judgeJoin, type JoinVerdict, type ParentEnd } from '../dag/join-rule.js';
import type { EventAddress } from '../event/event-address.js';
import type { Instant, RunId, TaskIndex, WorkerId, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import { taskStatusCode, taskStatuses, type TaskStatus } from '../task/task-status.js';
import type { Checkpoints } from './checkpoints.js';
import { InstantByTask, type InstantsByTask } from './instant-by-task.js';
import type { RunStatus } from './run-status.js';
import type { RunSweep } from './run-sweep.js';
import { TaskColumns } from './task-columns.js';

/** The attempt in flight of one task run: from its accepted dispatch to its end. */
export interface Attempt {
  readonly run: Run;
  readonly task: TaskIndex;
  readonly number: number;
  readonly epoch: number;
  /** The worker it was dispatched to; its claimant or starter once one is known. */
  worker: WorkerId;
  /** Of the task topic that it was dispatched to, whatever its task run is given later. */
  readonly band: Band;
  /** Task-topic partition. */
  readonly to: number;
  readonly dispatchedAt: Instant;
  /** Partition time of its logged start. */
  startedAt: Instant | undefined;
  /** Nonce of the accepted claim. */
  claim: string | undefined;
}

/** Instants that some task runs of a run have. */
export interface RunInstants {
  /** When a task run that backs off or is scheduled becomes due. */
  readonly dueAt: InstantsByTask;
  /** When a task run that waits for a worker has timed out, where it has a schedule-to-start. */
  readonly startBy: InstantsByTask;
  /** When a task run that was queued once has timed out, where it has a schedule-to-close. */
  readonly closeBy: InstantsByTask;
  /** Until when a task run that was queued once may be tried again, where its retries have a total budget. */
  readonly retryBy: InstantsByTask;
}
export type RunInstant = keyof RunInstants;

const noInstants: InstantsByTask = new InstantByTask();
const noAttempts: ReadonlyMap<TaskIndex, Attempt> = new Map();
const noDeaths: ReadonlyMap<TaskIndex, number> = new Map();
const noBands: ReadonlyMap<TaskIndex, Band> = new Map();
/** Stands for the run in the bands that were given by command. */
const wholeRun = -1;
const noResults: ReadonlyMap<TaskIndex, Json> = new Map();
const noFarResults: ReadonlyMap<TaskIndex, EventAddress> = new Map();

/**
 * State of one run. The fold owns it and changes it in place; others read. What most runs do not need is not there before
 * its first entry: most runs are of one task that waits, and a million of them have to fit into memory.
 */
export class Run implements RunInstants {
  status: RunStatus = 'running';
  /** Absent in a run of one task, whose three counts follow. */
  readonly #columns: TaskColumns | undefined;
  #loneStatus = 0;
  #loneAttempt = 0;
  #loneFailures = 0;
  #inFlight: Map<TaskIndex, Attempt> | undefined;
  #instants: { [Name in RunInstant]: InstantByTask | undefined } | undefined;
  /** No task run of it is queued before this. */
  runAt: Instant = 0;
  /** When the run itself has timed out. */
  runCloseBy: Instant | undefined;
  /** Where its input stands in the log, where it is longer than the state keeps; `input` is absent then. */
  inputAt: EventAddress | undefined;
  /** What was marked for sweeps; absent in almost every run. */
  sweep: RunSweep | undefined;
  #bands: Map<TaskIndex, Band> | undefined;
  #results: Map<TaskIndex, Json> | undefined;
  #farResults: Map<TaskIndex, EventAddress> | undefined;
  #deaths: Map<TaskIndex, number> | undefined;
  /** Absent where no task run of it ever had one. */
  checkpoints: Checkpoints | undefined;
  /** Bytes of `results` as JSON. */
  resultBytes = 0;
  /** Task runs that are not terminal. */
  open: number;
  /** A leaf failed, timed out, was dead-lettered, or was skipped because of `upstream_failed`. */
  failed = false;

  constructor(
    readonly id: RunId,
    readonly tenant: string,
    readonly version: WorkflowVersion | undefined,
    readonly dag: Dag,
    readonly input: Json | undefined,
    readonly runBand: Band | undefined,
    readonly requestedAt: Instant,
  ) {
    this.open = dag.tasks.length;
    this.#columns = this.open === 1 ? undefined : new TaskColumns(dag);
  }

  get isSingle(): boolean {
    return this.version === undefined;
  }

  /** Absent in a run of one task. */
  get columns(): TaskColumns | undefined {
    return this.#columns;
  }

  task(index: TaskIndex): PlannedTask {
    return this.dag.tasks[index]!;
  }

  statusOf(index: TaskIndex): TaskStatus {
    return taskStatuses[this.#columns === undefined ? this.#loneStatus : this.#columns.statuses[index]!]!;
  }

  setStatus(index: TaskIndex, status: TaskStatus): void {
    if (this.#columns === undefined) this.#loneStatus = taskStatusCode[status];
    else this.#columns.statuses[index] = taskStatusCode[status];
  }

  /** Number of the last accepted attempt; 0 before the first. */
  attemptNumberOf(index: TaskIndex): number {
    return this.#columns === undefined ? this.#loneAttempt : this.#columns.attemptNumbers[index]!;
  }

  setAttemptNumber(index: TaskIndex, number: number): void {
    if (this.#columns === undefined) this.#loneAttempt = number;
    else this.#columns.attemptNumbers[index] = number;
  }

  /** Failed executions so far. */
  failuresOf(index: TaskIndex): number {
    return this.#columns === undefined ? this.#loneFailures : this.#columns.failures[index]!;
  }

  setFailures(index: TaskIndex, failures: number): void {
    if (this.#columns === undefined) this.#loneFailures = failures;
    else this.#columns.failures[index] = failures;
  }

  get inFlight(): ReadonlyMap<TaskIndex, Attempt> {
    return this.#inFlight ?? noAttempts;
  }

  addAttempt(attempt: Attempt): void {
    (this.#inFlight ??= new Map()).set(attempt.task, attempt);
  }

  removeAttempt(index: TaskIndex): void {
    this.#inFlight?.delete(index);
    if (this.#inFlight?.size === 0) this.#inFlight = undefined;
  }

  /** Results of succeeded task runs that others may need. */
  get results(): ReadonlyMap<TaskIndex, Json> {
    return this.#results ?? noResults;
  }

  keepResult(index: TaskIndex, result: Json): void {
    (this.#results ??= new Map()).set(index, result);
  }

  /** How many processes died that each task run was in, where it was in any since it last ran to an end: see `suspicion.ts`. */
  get deaths(): ReadonlyMap<TaskIndex, number> {
    return this.#deaths ?? noDeaths;
  }

  deathsOf(index: TaskIndex): number {
    return this.#deaths?.get(index) ?? 0;
  }

  /** 0 forgets. */
  setDeaths(index: TaskIndex, deaths: number): void {
    if (deaths > 0) (this.#deaths ??= new Map()).set(index, deaths);
    else if (this.#deaths?.delete(index) === true && this.#deaths.size === 0) this.#deaths = undefined;
  }

  /** Where results stand in the log that are longer than the state keeps, or more than it keeps of one run. */
  get farResults(): ReadonlyMap<TaskIndex, EventAddress> {
    return this.#farResults ?? noFarResults;
  }

  keepFarResult(index: TaskIndex, address: EventAddress): void {
    (this.#farResults ??= new Map()).set(index, address);
  }

  get dueAt(): InstantsByTask {
    return this.#instants?.dueAt ?? noInstants;
  }

  get startBy(): InstantsByTask {
    return this.#instants?.startBy ?? noInstants;
  }

  get closeBy(): InstantsByTask {
    return this.#instants?.closeBy ?? noInstants;
  }

  get retryBy(): InstantsByTask {
    return this.#instants?.retryBy ?? noInstants;
  }

  setInstant(name: RunInstant, index: TaskIndex, at: Instant): void {
    this.#instants ??= { dueAt: undefined, startBy: undefined, closeBy: undefined, retryBy: undefined };
    (this.#instants[name] ??= new InstantByTask()).set(index, at);
  }

  dropInstant(name: RunInstant, index: TaskIndex): void {
    this.#instants?.[name]?.delete(index);
  }

  /** What its join says of its parents as they stand. */
  judgeJoin(index: TaskIndex): JoinVerdict {
    const { tasks, parentFrom } = this.dag;
    const columns = this.#columns;
    return judgeJoin(tasks[index]!.join, {
      all: parentFrom[index + 1]! - parentFrom[index]!,
      open: columns === undefined ? 0 : columns.waitsFor[index]!,
      succeeded: columns === undefined ? 0 : columns.parentsSucceeded[index]!,
      failed: columns === undefined ? 0 : columns.parentsFailed[index]!,
    });
  }

  /** One of its parents ended. */
  countParent(index: TaskIndex, end: ParentEnd): void {
    const columns = this.#columns!;
    columns.waitsFor[index]! -= 1;
    if (end === 'succeeded') columns.parentsSucceeded[index]! += 1;
    else if (end === 'failed') columns.parentsFailed[index]! += 1;
  }

  bandOf(index: TaskIndex): Band {
    const given = this.#bands?.get(index) ?? this.#bands?.get(wholeRun);
    return given ?? this.dag.tasks[index]!.band ?? this.runBand ?? bandDefault;
  }

  /** Bands given by command, by task run; -1 stands for all that have none of their own. */
  get bands(): ReadonlyMap<TaskIndex, Band> {
    return this.#bands ?? noBands;
  }

  /** @param index undefined or -1: the run, and nothing that its task runs were given before stays. */
  setBand(index: TaskIndex | undefined, band: Band): void {
    const of = index ?? wholeRun;
    if (of === wholeRun) this.#bands = undefined;
    (this.#bands ??= new Map()).set(of, band);
  }

  has(index: TaskIndex): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.dag.tasks.length;
  }
}
