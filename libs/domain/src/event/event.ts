import type { Band } from '../band.js';
import type { TaskSpec } from '../dag/workflow-definition.js';
import type { Instant, RunId, TaskIndex, WorkerId, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import type { OverrunEntry, StartEntry } from './listed-entries.js';
import type { GapAccepted, PartitionBorn, PartitionClaimed, RulesAdvanced } from './partition-events.js';
import type { CancelRequested, PauseRequested, PriorityRequested, ResumeRequested } from './run-commands.js';

export type { OverrunEntry, StartEntry } from './listed-entries.js';

export * from './partition-events.js';
export type * from './run-commands.js';

/** A part of a workflow version's canonical JSON; in force when all parts are there and the hash fits. */
export interface WorkflowPinned {
  readonly type: 'WorkflowPinned';
  readonly version: WorkflowVersion;
  /** From 0 to `of` - 1. */
  readonly part: number;
  readonly of: number;
  readonly body: string;
}

/** Somebody wants a run: of a pinned workflow version, or of one task (exactly one of `workflow` and `task`). */
export interface RunRequested {
  readonly type: 'RunRequested';
  readonly run: RunId;
  readonly tenant: string;
  readonly workflow?: { readonly name: string; readonly version: WorkflowVersion };
  readonly task?: TaskSpec;
  readonly input?: Json;
  /** Band of every task of the run that names none itself. */
  readonly band?: Band;
  /** No task of it is queued before this. Default: at once. */
  readonly runAt?: Instant;
  /** No task of it is queued before this long after the request; with `runAt` the later of both counts. */
  readonly delayMs?: number;
  /** Not ended this long after its first task could be queued, the run has timed out with everything in it that is open. */
  readonly scheduleToCloseMs?: number;
  /** At most one living or lately ended run of a tenant has the key. */
  readonly idempotency?: Idempotency;
  /** Whoever wrote it waits for the verdict, and the owner sends it. With an idempotency key it does so anyway. */
  readonly asksVerdict?: boolean;
  /** Of W3C Trace Context, as the request had it: handlers of the run get it. */
  readonly traceparent?: string;
}

/** The caller's name for a request, so that it may be sent again. */
export interface Idempotency {
  readonly key: string;
  /** Hash of the body as it was sent, 32 hex digits: the same key with another one is a conflict. */
  readonly body: string;
}

/** What an owner knows of one worker. */
export interface WorkerSeen {
  readonly worker: WorkerId;
  /** Task-topic partitions held, by queue. */
  readonly queues: { readonly [queue: string]: readonly number[] };
  readonly handlers: readonly string[];
  /** Dispatched, unfinished tasks of this log partition that the worker accepts; 0 while it drains. */
  readonly credits: number;
}

/** The owner's view of the workers, changes only. */
export interface WorkersSeen {
  readonly type: 'WorkersSeen';
  readonly epoch: number;
  readonly workers: readonly WorkerSeen[];
}

export interface DispatchEntry {
  readonly run: RunId;
  readonly task: TaskIndex;
  /** The last attempt's number plus one. */
  readonly attempt: number;
  readonly worker: WorkerId;
  /** Partition of the task topic. */
  readonly to: number;
}

/** The owner decided what runs where. Judged entry by entry. */
export interface TasksDispatched {
  readonly type: 'TasksDispatched';
  readonly epoch: number;
  /** Next offset of the state that it was decided on. */
  readonly basis: number;
  readonly reason: string;
  readonly entries: readonly DispatchEntry[];
}

/** A worker began an attempt. With `nonce` it is a claim, and the worker waits for the verdict. */
export interface TaskStarted {
  readonly type: 'TaskStarted';
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly worker: WorkerId;
  readonly nonce?: string;
  /** The worker's clock. */
  readonly startedAt: Instant;
}

export interface TaskError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export type Outcome =
  | {
      readonly kind: 'succeeded';
      readonly result?: Json;
      /**
       * Children whose edge from this task has a condition that the worker found true. Edges without a condition are always
       * taken; absent, no edge with a condition is. What is no such child is passed over.
       */
      readonly taken?: readonly TaskIndex[];
    }
  | {
      readonly kind: 'failed';
      readonly error: TaskError;
      /** False: no further execution could help. */
      readonly retryable: boolean;
      /** The draw for the jitter, an integer from 0 to 1,000,000. */
      readonly chance: number;
      /** The handler asks for this delay before the next execution, instead of its retry policy's. */
      readonly retryAfterMs?: number;
    }
  | {
      /** It ran alone in a process of its own, under suspicion, and that process died. Burns no retry; the second is the end. */
      readonly kind: 'died';
      readonly error: TaskError;
    }
  | {
      /** The worker ended it at start-to-close. Counts as a failed execution. */
      readonly kind: 'timed_out';
      readonly error: TaskError;
      readonly chance: number;
    };

/** How far a handler has come, by its own account: the next attempt of the task run is given it. */
export interface CheckpointSaved {
  readonly type: 'CheckpointSaved';
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly worker: WorkerId;
  /** The nonce of the accepted claim, where the attempt was claimed. */
  readonly nonce?: string;
  readonly checkpoint: Json;
}

/** The worker's report of an attempt's end. */
export interface TaskFinished {
  readonly type: 'TaskFinished';
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly worker: WorkerId;
  /** The nonce of the accepted claim, where the attempt was claimed. */
  readonly nonce?: string;
  /** The worker's clock. */
  readonly startedAt: Instant;
  /** The worker's clock. */
  readonly finishedAt: Instant;
  readonly outcome: Outcome;
}

/** A worker hands an attempt back that it did not execute to an end; burns no retry. */
export interface TaskReturned {
  readonly type: 'TaskReturned';
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly worker: WorkerId;
  readonly nonce?: string;
  readonly reason: ReturnReason;
}
export const returnReasons = [
  'no-slot',
  'no-handler',
  'draining',
  'not-mine',
  'input-unread',
  'claim-unanswered',
] as const;
export type ReturnReason = (typeof returnReasons)[number];

export interface RecallEntry {
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  /** Nonce of the claim that the owner saw, absent for none; rejected if that changed. */
  readonly claim?: string;
}
export const recallReasons = ['unlisted', 'blocked', 'input-too-large', 'queue-gone'] as const;
export type RecallReason = (typeof recallReasons)[number];

/**
 * The owner takes attempts back. `unlisted`: a started attempt that its worker has not listed for a session goes back to
 * the queue. `blocked`: another handler has blocked its worker until after its start-to-close: it goes back to the queue.
 * `input-too-large`, `queue-gone`: it can never be published, the task run has failed.
 */
export interface TasksRecalled {
  readonly type: 'TasksRecalled';
  readonly epoch: number;
  readonly reason: RecallReason;
  readonly entries: readonly RecallEntry[];
}

/** A worker lists attempts as running or silent for longer than they may, and has not ended them itself. */
export interface AttemptsOverran {
  readonly type: 'AttemptsOverran';
  readonly epoch: number;
  readonly entries: readonly OverrunEntry[];
}

/**
 * A worker lists attempts as running whose start it has not logged: a handler blocks it. Once logged, nobody else's claim is
 * accepted.
 */
export interface StartsSeen {
  readonly type: 'StartsSeen';
  readonly epoch: number;
  readonly entries: readonly StartEntry[];
}

/** The owner has not heard of this incarnation for a session: final. */
export interface WorkerLost {
  readonly type: 'WorkerLost';
  readonly epoch: number;
  readonly worker: WorkerId;
  /** It said that it leaves: nothing that it had may have ended it. */
  readonly left?: true;
}

/** The owner says that time has come; the fold judges by partition time. */
export interface TimersFired {
  readonly type: 'TimersFired';
  readonly epoch: number;
  /** Timers due at or before this fire. */
  readonly until: Instant;
}

/**
 * The owner does a slice of what an event on a large run only marked: steps `from` to before `to` of all that is to be swept
 * in it. A step is a task run, or an edge to a child that is told of its parent's end.
 */
export interface RunSwept {
  readonly type: 'RunSwept';
  readonly epoch: number;
  readonly run: RunId;
  readonly from: number;
  readonly to: number;
}

/** Everything that can be in the log. */
export type Event =
  | PartitionBorn
  | PartitionClaimed
  | RulesAdvanced
  | WorkflowPinned
  | RunRequested
  | CancelRequested
  | PauseRequested
  | ResumeRequested
  | GapAccepted
  | PriorityRequested
  | WorkersSeen
  | TasksDispatched
  | TaskStarted
  | CheckpointSaved
  | TaskFinished
  | TaskReturned
  | TasksRecalled
  | AttemptsOverran
  | StartsSeen
  | WorkerLost
  | RunSwept
  | TimersFired;

export type EventType = Event['type'];
