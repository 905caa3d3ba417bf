import type { Instant, RunId, RunRequested, TaskIndex, TaskStatus, WorkerId } from '@millrace/domain';
import { statuses, isTerminal } from './statuses.js';
import type { Flow } from './flow.js';

/** One event touches at most so many task runs. */
const touchedMax = 10_000;

/** An attempt that was dispatched and has not ended, as the events tell. */
export interface Flight {
  readonly attempt: number;
  readonly epoch: number;
  readonly dispatchedAt: Instant;
  worker: WorkerId;
  isStarted: boolean;
  claim: string | undefined;
}

/** What became of one run, from its events alone. A task run costs one byte, and more only for what it uses. */
export class RunHistory {
  readonly id: RunId;
  readonly #statuses: Uint8Array;
  /** Of the last accepted dispatch. */
  readonly attempts = new Map<TaskIndex, number>();
  readonly flights = new Map<TaskIndex, Flight>();
  /** Accepted reports of failed executions. */
  readonly failures = new Map<TaskIndex, number>();
  /** Accepted reports that its own process died. */
  readonly deaths = new Map<TaskIndex, number>();
  /** When what backs off or is scheduled becomes due, as the fold said. */
  readonly dues = new Map<TaskIndex, Instant>();
  readonly queuedFirstAt = new Map<TaskIndex, Instant>();
  readonly startBy = new Map<TaskIndex, Instant>();
  /** Skipped because of `upstream_failed`. */
  readonly upstreamFailed = new Set<TaskIndex>();
  /** What a report named as taken, of tasks in workflows with conditions. */
  readonly taken = new Map<TaskIndex, ReadonlySet<TaskIndex>>();
  isPaused = false;
  /** An accepted cancel, or its schedule-to-close: everything that is open ends so. */
  closing: 'cancelled' | 'timed_out' | undefined;
  open: number;

  constructor(
    readonly request: RunRequested,
    readonly flow: Flow,
    readonly bornAt: Instant,
  ) {
    this.id = request.run;
    this.#statuses = new Uint8Array(flow.size);
    this.open = flow.size;
  }

  /** No task of it is queued before. */
  get runAt(): Instant {
    const { runAt = 0, delayMs = 0 } = this.request;
    return Math.max(runAt, this.bornAt + delayMs);
  }

  /** Its own schedule-to-close; never, where it has none. */
  get closeBy(): Instant {
    return Math.max(this.bornAt, this.runAt) + (this.request.scheduleToCloseMs ?? Infinity);
  }

  /** What concerns all of it happens in slices: see `RunSwept`. */
  get isLarge(): boolean {
    return this.flow.size > touchedMax;
  }

  has(task: TaskIndex): boolean {
    return Number.isInteger(task) && task >= 0 && task < this.#statuses.length;
  }

  statusOf(task: TaskIndex): TaskStatus {
    return statuses[this.#statuses[task]!]!;
  }

  move(task: TaskIndex, to: TaskStatus): void {
    if (isTerminal(to) && !isTerminal(this.statusOf(task))) this.open -= 1;
    this.#statuses[task] = statuses.indexOf(to);
  }
}
