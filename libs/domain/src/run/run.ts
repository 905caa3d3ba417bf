import { bandDefault, type Band } from '../band.js';
import type { Dag, PlannedTask } from '../dag/dag.js';
import { judgeJoin, type JoinVerdict, type ParentEnd } from '../dag/join-rule.js';
import type { Instant, RunId, TaskIndex, WorkerId, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import { taskStatusCode, taskStatuses, type TaskStatus } from '../task/task-status.js';
import { InstantByTask } from './instant-by-task.js';
import type { RunStatus } from './run-status.js';

/** The attempt in flight of one task run: from its accepted dispatch to its end. */
export interface Attempt {
  readonly run: Run;
  readonly task: TaskIndex;
  readonly number: number;
  readonly epoch: number;
  /** The worker it was dispatched to; its claimant or starter once one is known. */
  worker: WorkerId;
  /** Task-topic partition. */
  readonly to: number;
  readonly dispatchedAt: Instant;
  /** Partition time of its logged start. */
  startedAt: Instant | undefined;
  /** Nonce of the accepted claim. */
  claim: string | undefined;
}

/** The counts of parents in a run of one task: nobody ever counts there, and most runs are of one task. */
const noCounts = new Int32Array(1);

/**
 * State of one run. The fold owns it and changes it in place; others read. Task runs are columns indexed by node: one
 * object per node cost 15 times the memory in a run of 10,000 nodes. A node costs 21 bytes here (status 1, attempt 4,
 * failures 4, parents 3 x 4), and entries in the maps below only while it needs them.
 */
export class Run {
  status: RunStatus = 'running';
  readonly #statuses: Uint8Array;
  /** Number of the last accepted attempt; 0 before the first. */
  readonly attemptNumbers: Uint32Array;
  /** Failed executions so far. */
  readonly failures: Uint32Array;
  /** Parents that have not ended. */
  readonly waitsFor: Int32Array;
  /** Parents that succeeded. */
  readonly parentsSucceeded: Int32Array;
  /** Parents that failed, timed out, were dead-lettered, or skipped because of a failure above them. */
  readonly parentsFailed: Int32Array;
  readonly inFlight = new Map<TaskIndex, Attempt>();
  /** When a task run that backs off or is scheduled becomes due. */
  readonly dueAt = new InstantByTask();
  /** When a task run that waits for a worker has timed out, where it has a schedule-to-start. */
  readonly startBy = new InstantByTask();
  /** When a task run that was queued once has timed out, where it has a schedule-to-close. */
  readonly closeBy = new InstantByTask();
  /** Until when a task run that was queued once may be tried again, where its retries have a total budget. */
  readonly retryBy = new InstantByTask();
  /** No task run of it is queued before this. */
  runAt: Instant = 0;
  /** When the run itself has timed out. */
  runCloseBy: Instant | undefined;
  /** Results of succeeded task runs that others may need. */
  readonly results = new Map<TaskIndex, Json>();
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
    const count = dag.tasks.length;
    this.#statuses = new Uint8Array(count);
    this.attemptNumbers = new Uint32Array(count);
    this.failures = new Uint32Array(count);
    const isLone = count === 1;
    this.waitsFor = isLone ? noCounts : new Int32Array(count);
    this.parentsSucceeded = isLone ? noCounts : new Int32Array(count);
    this.parentsFailed = isLone ? noCounts : new Int32Array(count);
    for (let index = 0; !isLone && index < count; index++) {
      this.waitsFor[index] = dag.parentFrom[index + 1]! - dag.parentFrom[index]!;
    }
    this.open = count;
  }

  get isSingle(): boolean {
    return this.version === undefined;
  }

  task(index: TaskIndex): PlannedTask {
    return this.dag.tasks[index]!;
  }

  statusOf(index: TaskIndex): TaskStatus {
    return taskStatuses[this.#statuses[index]!]!;
  }

  setStatus(index: TaskIndex, status: TaskStatus): void {
    this.#statuses[index] = taskStatusCode[status];
  }

  /** What its join says of its parents as they stand. */
  judgeJoin(index: TaskIndex): JoinVerdict {
    const { tasks, parentFrom } = this.dag;
    return judgeJoin(tasks[index]!.join, {
      all: parentFrom[index + 1]! - parentFrom[index]!,
      open: this.waitsFor[index]!,
      succeeded: this.parentsSucceeded[index]!,
      failed: this.parentsFailed[index]!,
    });
  }

  /** One of its parents ended. */
  countParent(index: TaskIndex, end: ParentEnd): void {
    this.waitsFor[index]! -= 1;
    if (end === 'succeeded') this.parentsSucceeded[index]! += 1;
    else if (end === 'failed') this.parentsFailed[index]! += 1;
  }

  bandOf(index: TaskIndex): Band {
    return this.dag.tasks[index]!.band ?? this.runBand ?? bandDefault;
  }

  has(index: TaskIndex): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.dag.tasks.length;
  }
}
