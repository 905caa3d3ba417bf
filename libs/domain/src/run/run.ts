import { bandDefault, type Band } from '../band.js';
import type { PlannedTask } from '../dag/dag.js';
import { judgeJoin, type JoinVerdict, type ParentEnd } from '../dag/join-rule.js';
import type { EventAddress } from '../event/event-address.js';
import type { Instant, TaskIndex, WorkerId } from '../ids.js';
import type { Json } from '../json.js';
import { taskStatusCode, taskStatuses, type TaskStatus } from '../task/task-status.js';
import { InstantByTask, type InstantsByTask } from './instant-by-task.js';
import { RunValues } from './run-values.js';

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
export class Run extends RunValues implements RunInstants {
  get isSingle(): boolean {
    return this.version === undefined;
  }

  task(index: TaskIndex): PlannedTask {
    return this.dag.tasks[index]!;
  }

  statusOf(index: TaskIndex): TaskStatus {
    const { columns } = this;
    return taskStatuses[columns === undefined ? this.loneStatus : columns.statuses[index]!]!;
  }

  setStatus(index: TaskIndex, status: TaskStatus): void {
    const { columns } = this;
    if (columns === undefined) this.loneStatus = taskStatusCode[status];
    else columns.statuses[index] = taskStatusCode[status];
  }

  /** Number of the last accepted attempt; 0 before the first. */
  attemptNumberOf(index: TaskIndex): number {
    const { rare } = this;
    return rare?.columns?.attemptNumbers[index] ?? rare?.loneAttempt ?? 0;
  }

  setAttemptNumber(index: TaskIndex, number: number): void {
    if (number === this.attemptNumberOf(index)) return;
    const rare = this.needRare();
    if (rare.columns === undefined) rare.loneAttempt = number;
    else rare.columns.attemptNumbers[index] = number;
  }

  /** Failed executions so far. */
  failuresOf(index: TaskIndex): number {
    const { rare } = this;
    return rare?.columns?.failures[index] ?? rare?.loneFailures ?? 0;
  }

  setFailures(index: TaskIndex, failures: number): void {
    if (failures === this.failuresOf(index)) return;
    const rare = this.needRare();
    if (rare.columns === undefined) rare.loneFailures = failures;
    else rare.columns.failures[index] = failures;
  }

  get inFlight(): ReadonlyMap<TaskIndex, Attempt> {
    return this.rare?.inFlight ?? noAttempts;
  }

  addAttempt(attempt: Attempt): void {
    (this.needRare().inFlight ??= new Map()).set(attempt.task, attempt);
  }

  removeAttempt(index: TaskIndex): void {
    const { rare } = this;
    if (rare?.inFlight?.delete(index) === true && rare.inFlight.size === 0) rare.inFlight = undefined;
  }

  /** Results of succeeded task runs that others may need. */
  get results(): ReadonlyMap<TaskIndex, Json> {
    return this.rare?.results ?? noResults;
  }

  keepResult(index: TaskIndex, result: Json): void {
    (this.needRare().results ??= new Map()).set(index, result);
  }

  /** How many processes died that each task run was in, where it was in any since it last ran to an end: see `suspicion.ts`. */
  get deaths(): ReadonlyMap<TaskIndex, number> {
    return this.rare?.deaths ?? noDeaths;
  }

  deathsOf(index: TaskIndex): number {
    return this.rare?.deaths?.get(index) ?? 0;
  }

  /** 0 forgets. */
  setDeaths(index: TaskIndex, deaths: number): void {
    const { rare } = this;
    if (deaths > 0) (this.needRare().deaths ??= new Map()).set(index, deaths);
    else if (rare?.deaths?.delete(index) === true && rare.deaths.size === 0) rare.deaths = undefined;
  }

  /** Where results stand in the log that are longer than the state keeps, or more than it keeps of one run. */
  get farResults(): ReadonlyMap<TaskIndex, EventAddress> {
    return this.rare?.farResults ?? noFarResults;
  }

  keepFarResult(index: TaskIndex, address: EventAddress): void {
    (this.needRare().farResults ??= new Map()).set(index, address);
  }

  get dueAt(): InstantsByTask {
    return this.times?.dueAt ?? noInstants;
  }

  get startBy(): InstantsByTask {
    return this.times?.startBy ?? noInstants;
  }

  get closeBy(): InstantsByTask {
    return this.times?.closeBy ?? noInstants;
  }

  get retryBy(): InstantsByTask {
    return this.times?.retryBy ?? noInstants;
  }

  setInstant(name: RunInstant, index: TaskIndex, at: Instant): void {
    (this.needTimes()[name] ??= new InstantByTask()).set(index, at);
  }

  dropInstant(name: RunInstant, index: TaskIndex): void {
    this.times?.[name]?.delete(index);
  }

  /** What its join says of its parents as they stand. */
  judgeJoin(index: TaskIndex): JoinVerdict {
    const { tasks, parentFrom } = this.dag;
    const { columns } = this;
    return judgeJoin(tasks[index]!.join, {
      all: parentFrom[index + 1]! - parentFrom[index]!,
      open: columns === undefined ? 0 : columns.waitsFor[index]!,
      succeeded: columns === undefined ? 0 : columns.parentsSucceeded[index]!,
      failed: columns === undefined ? 0 : columns.parentsFailed[index]!,
    });
  }

  /** One of its parents ended. */
  countParent(index: TaskIndex, end: ParentEnd): void {
    const columns = this.columns!;
    columns.waitsFor[index]! -= 1;
    if (end === 'succeeded') columns.parentsSucceeded[index]! += 1;
    else if (end === 'failed') columns.parentsFailed[index]! += 1;
  }

  bandOf(index: TaskIndex): Band {
    const bands = this.rare?.bands;
    const given = bands?.get(index) ?? bands?.get(wholeRun);
    return given ?? this.dag.tasks[index]!.band ?? this.runBand ?? bandDefault;
  }

  /** Bands given by command, by task run; -1 stands for all that have none of their own. */
  get bands(): ReadonlyMap<TaskIndex, Band> {
    return this.rare?.bands ?? noBands;
  }

  /** @param index undefined or -1: the run, and nothing that its task runs were given before stays. */
  setBand(index: TaskIndex | undefined, band: Band): void {
    const of = index ?? wholeRun;
    const rare = this.needRare();
    if (of === wholeRun) rare.bands = undefined;
    (rare.bands ??= new Map()).set(of, band);
  }

  has(index: TaskIndex): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.dag.tasks.length;
  }
}
