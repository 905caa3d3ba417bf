import type { Dag } from '../dag/dag.js';
import type { EventType, TaskError } from '../event/event.js';
import type { Item } from '../event/frame.js';
import type { Instant, TaskIndex, WorkerId, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import type { Run } from '../run/run.js';
import type { TaskStatus } from '../task/task-status.js';

/** Why an event, or one entry of a plural event, took no effect. */
export type Rejection =
  | 'already-born'
  | 'not-born'
  | 'duplicate-frame'
  | 'epoch-not-next'
  | 'rules-unknown'
  | 'rules-not-next'
  | 'epoch-over'
  | 'part-out-of-range'
  | 'already-pinned'
  | 'workflow-unknown'
  | 'workflow-unsound'
  | 'run-elsewhere'
  | 'run-known'
  | 'already-requested'
  | 'key-conflict'
  | 'run-unknown'
  | 'task-unknown'
  | 'attempt-over'
  | 'attempt-not-next'
  | 'not-queued'
  | 'paused'
  | 'already-paused'
  | 'not-paused'
  | 'worker-lost'
  | 'worker-unknown'
  | 'already-yours'
  | 'already-claimed'
  | 'already-started'
  | 'checkpoint-too-large'
  | 'not-claimant'
  | 'claim-changed'
  | 'not-started'
  | 'nothing-to-sweep'
  | 'already-swept'
  | 'sweep-out-of-range'
  | 'too-early'
  | 'gap-unknown';

/** What accompanies a move of a task run. Absent members do not apply to that move. */
export interface Move {
  /** Partition time. */
  readonly at: Instant;
  /** Kebab-case cause where the edge alone does not tell, such as `worker-lost` or `upstream_failed`. */
  readonly reason?: string;
  /** Number of the attempt that the move is about; 0 before the first. */
  readonly attempt: number;
  readonly worker?: WorkerId;
  /** Partition time of the dispatch of the attempt. */
  readonly dispatchedAt?: Instant;
  /** Start and end of the handler by the worker's clock, or the logged start by partition time. */
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  readonly error?: TaskError;
  readonly result?: Json;
  /** When a task run that backs off or is scheduled becomes due. */
  readonly dueAt?: Instant;
}

/**
 * Hears everything that a fold does, in order, and must not change anything. The projector makes rows of it, the
 * dispatcher publishes by it; a silent fold has a sink that does nothing.
 */
export interface FoldSink {
  /**
   * Before any `taskMoved` of that run; all its task runs stand at `pending`. `input` is there also where `run` has only its
   * address, `key` where it was requested with an idempotency key.
   */
  runBorn(run: Run, at: Instant, input?: Json, key?: string): void;
  /** Task runs of a run with something to sweep at its birth, before any of them moves: slice by slice, until all have come. */
  tasksBorn(run: Run, from: TaskIndex, to: TaskIndex): void;
  taskMoved(run: Run, task: TaskIndex, from: TaskStatus, to: TaskStatus, move: Move): void;
  /** A task run that is open and not in flight has another band: `run.bandOf(task)`. */
  bandChanged(run: Run, task: TaskIndex, at: Instant): void;
  /** After the last move of its task runs; the run leaves memory then. `run.status` tells how. */
  runEnded(run: Run, at: Instant, reason?: string): void;
  /** Since when the run is paused; undefined where it goes on. A run that ends while it is paused goes on first. */
  runPaused(run: Run, since: Instant | undefined): void;
  /** The task run goes on from there in its next attempt. */
  checkpointSaved(run: Run, task: TaskIndex, checkpoint: Json): void;
  /** A workflow version is complete and in force. `parts` together are its JSON. */
  workflowPinned(version: WorkflowVersion, dag: Dag, parts: readonly string[]): void;
  /** One accepted entry (a plural event counts each of its entries, every other event once). */
  accepted(type: EventType): void;
  rejected(item: Item, entry: number, reason: Rejection): void;
  quarantined(index: number, cause: string, detail: string): void;
}

export const silent: FoldSink = {
  runBorn: () => {},
  tasksBorn: () => {},
  taskMoved: () => {},
  bandChanged: () => {},
  runEnded: () => {},
  runPaused: () => {},
  checkpointSaved: () => {},
  workflowPinned: () => {},
  accepted: () => {},
  rejected: () => {},
  quarantined: () => {},
};
