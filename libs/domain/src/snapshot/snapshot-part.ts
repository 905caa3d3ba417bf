import type { Band } from '../band.js';
import type { TaskNode, TaskSpec } from '../dag/workflow-definition.js';
import type { EventAddress } from '../event/event-address.js';
import type { PartitionBorn, WorkerSeen } from '../event/event.js';
import type { Instant, RunId, TaskIndex, WorkerId, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import type { Attempt } from '../run/run.js';
import type { TaskStatus } from '../task/task-status.js';
import type { Gap } from '../partition/gap.js';
import type { KnownKey } from '../partition/request-keys.js';
import type { TimerKind } from '../partition/timers.js';
import type { SharesGained } from '../queue/ready-queue.js';
import type { RunColumn, RunMap, RunValue } from './run-members.js';

/** Everything of a partition that is one value. */
export interface PartitionPart {
  readonly part: 'partition';
  readonly birth?: PartitionBorn;
  readonly ownerNonce?: string;
  readonly rules: number;
  readonly epoch: number;
  readonly time: Instant;
  readonly position: number;
  readonly hash: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly quarantined: number;
  readonly timersLastSeq: number;
  readonly readyLastSeq: number;
  readonly writersForgottenInHour: number;
  readonly keysForgottenEarly?: number;
  readonly gaps?: readonly Gap[];
}

/** Nodes of a workflow; one with more nodes than a part holds comes in several parts, one after the other. */
export interface WorkflowPart {
  readonly part: 'workflow';
  readonly version: WorkflowVersion;
  readonly name: string;
  readonly tasks: readonly TaskNode[];
  readonly isWhole: boolean;
}

/** A version that is not complete, with one of the parts that are there; without `body` it has none. */
export interface PinningPart {
  readonly part: 'pinning';
  readonly version: WorkflowVersion;
  readonly of: number;
  readonly index?: number;
  readonly body?: string;
}

/** A slice of what a run knows of its task runs. */
export interface TaskRunsSlice {
  /** Index of the first task run of `statuses` and of every column. */
  readonly from?: TaskIndex;
  readonly statuses?: readonly TaskStatus[];
  readonly columns?: { readonly [Name in RunColumn]?: readonly number[] };
  readonly maps?: { readonly [Name in RunMap]?: readonly (readonly [TaskIndex, Json])[] };
  readonly inFlight?: readonly Omit<Attempt, 'run'>[];
}

/** A run; `task` is what a single task was requested with. */
export interface RunPart extends TaskRunsSlice {
  readonly part: 'run';
  readonly id: RunId;
  readonly tenant: string;
  readonly version?: WorkflowVersion;
  readonly task?: TaskSpec;
  readonly input?: Json;
  readonly inputAt?: EventAddress;
  readonly band?: Band;
  readonly requestedAt: Instant;
  readonly values: { readonly [Name in RunValue]?: unknown };
}

/** More of the run before. */
export interface MorePart extends TaskRunsSlice {
  readonly part: 'more';
}

export interface WorkerPart {
  readonly part: 'worker';
  readonly id: WorkerId;
  readonly seen?: WorkerSeen;
  readonly lostAt?: Instant;
}

/** Where a task run waits. */
export type ReadyPlace = readonly [RunId, TaskIndex, attempt: number, seq: number, since: Instant];

/**
 * What a partition's state is, as plain JSON in parts of bounded size: at most 1,000 entries each, and a run's input or 100
 * results at most. `held` is in flight at the worker before it; order counts everywhere.
 */
export type SnapshotPart =
  | PartitionPart
  | { readonly part: 'writers'; readonly writers: readonly (readonly [by: string, seq: number, at: Instant])[] }
  | WorkflowPart
  | PinningPart
  | RunPart
  | MorePart
  | { readonly part: 'keys'; readonly keys: readonly KnownKey[] }
  | WorkerPart
  | { readonly part: 'held'; readonly held: readonly (readonly [RunId, TaskIndex])[] }
  | { readonly part: 'checkpoint'; readonly run: RunId; readonly task: TaskIndex; readonly checkpoint: Json }
  | { readonly part: 'paused'; readonly paused: readonly (readonly [RunId, Instant])[] }
  | { readonly part: 'ready'; readonly ready: readonly ReadyPlace[] }
  | { readonly part: 'shares'; readonly shares: readonly SharesGained[] }
  | {
      readonly part: 'timers';
      readonly timers: readonly (readonly [Instant, RunId, TaskIndex, TimerKind, seq: number])[];
    };

export const entriesPerPart = 1_000;
export const resultsPerPart = 100;

/** Slices of `all`, none for nothing. */
export function* slicesOf<T>(all: Iterable<T>, size = entriesPerPart): Generator<readonly T[]> {
  let slice: T[] = [];
  for (const each of all) {
    if (slice.push(each) < size) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}
