import { bandDefault, type Band } from '../band.js';
import type { Dag, PlannedTask } from '../dag/dag.js';
import type { Instant, RunId, TaskIndex, WorkerId, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import { taskStatusCode, taskStatuses, type TaskStatus } from '../task/task-status.js';
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

/**
 * State of one run. The fold owns it and changes it in place; others read. Task runs are columns indexed by node: one
 * object per node cost 15 times the memory in a run of 10,000 nodes.
 */
export class Run {
  status: RunStatus = 'running';
  readonly #statuses: Uint8Array;
  /** Number of the last accepted attempt; 0 before the first. */
  readonly attemptNumbers: Uint32Array;
  /** Failed executions so far. */
  readonly failures: Uint32Array;
  /** Parents not yet succeeded. */
  readonly waitsFor: Int32Array;
  readonly inFlight = new Map<TaskIndex, Attempt>();
  /** When a task run that backs off becomes due. */
  readonly dueAt = new Map<TaskIndex, Instant>();
  /** Results of succeeded task runs that others may need. */
  readonly results = new Map<TaskIndex, Json>();
  /** Bytes of `results` as JSON. */
  resultBytes = 0;
  /** Task runs that are not terminal. */
  open: number;
  /** Leaves or skipped task runs that make the run fail. */
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
    this.waitsFor = new Int32Array(count);
    for (let index = 0; index < count; index++) {
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

  bandOf(index: TaskIndex): Band {
    return this.dag.tasks[index]!.band ?? this.runBand ?? bandDefault;
  }

  has(index: TaskIndex): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.dag.tasks.length;
  }
}
