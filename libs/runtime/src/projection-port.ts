/** A run as a row. Times are milliseconds; null where not known yet. */
export interface RunRow {
  readonly id: string;
  readonly partition: number;
  readonly tenant: string;
  /** Null for a single task. */
  readonly workflow: string | null;
  readonly version: string | null;
  status: string;
  readonly taskCount: number;
  readonly requestedAt: number;
  endedAt: number | null;
  reason: string | null;
  /** JSON text; never changes, and is null in `*Changed` rows of a batch. */
  readonly input: string | null;
  /** As it was requested with; never changes, and is null in `*Changed` rows of a batch. */
  readonly idempotencyKey: string | null;
}

/** A task run as a row, alike for nodes of workflows and for single tasks (`task` 0). */
export interface TaskRunRow {
  readonly run: string;
  readonly task: number;
  readonly id: string;
  readonly partition: number;
  readonly handler: string;
  readonly queue: string;
  /** By what it was requested with, or by command. */
  band: number;
  status: string;
  /** Number of the last attempt; 0 before the first. */
  attempt: number;
  failures: number;
  worker: string | null;
  /** When it last became queued. */
  queuedAt: number | null;
  dispatchedAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  /** When it moved last. */
  movedAt: number;
  reason: string | null;
  /** JSON text. */
  result: string | null;
  /** JSON text of a `TaskError`. */
  error: string | null;
  /** When a back-off ends. */
  dueAt: number | null;
}

/** Since when a run is paused; null where it goes on. A column of the run's row, written by itself: few runs ever are. */
export interface RunPausedRow {
  readonly run: string;
  readonly isSingle: boolean;
  readonly since: number | null;
}

/** What a handler last said of how far it has come. A column of the task run's row, written by itself. */
export interface CheckpointRow {
  readonly run: string;
  readonly task: number;
  readonly isSingle: boolean;
  /** JSON text. */
  readonly checkpoint: string;
}

/** An attempt that ended without ending its task run. The last one is told by the task run's row. */
export interface AttemptRow {
  readonly run: string;
  readonly task: number;
  readonly attempt: number;
  readonly partition: number;
  readonly worker: string | null;
  readonly dispatchedAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number;
  /** `failed`, `timed_out`, `returned`, `recalled`, `worker_lost`, `died`. */
  readonly outcome: string;
  readonly reason: string | null;
  readonly error: string | null;
}

export interface WorkflowRow {
  readonly version: string;
  readonly name: string;
  /** Canonical JSON. */
  readonly definition: string;
  readonly tasks: number;
}

export interface QuarantineRow {
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
  readonly cause: string;
  readonly detail: string;
}

/** Where the projection of one partition stands, with its accounts: entries = accepted + rejected + quarantined. */
export interface ProjectionPosition {
  readonly partition: number;
  /** Next offset that it expects to find in the store ... */
  readonly from: number;
  /** ... and leaves there. */
  readonly to: number;
  /** Partition time. */
  readonly at: number;
  /** Totals since the partition's birth. */
  readonly accepted: number;
  readonly rejected: number;
  readonly quarantined: number;
  /** Of the log that told the rows; empty before the first commit. */
  readonly nonce: string;
  /** Rolling hash of its records below `to`. */
  readonly hash: number;
}

/** The position of a partition of which nothing was projected yet. */
export function unprojected(partition: number): ProjectionPosition {
  return { partition, from: 0, to: 0, at: 0, accepted: 0, rejected: 0, quarantined: 0, nonce: '', hash: 0 };
}

/**
 * Rows to write in one transaction together with the positions. `*Born` are new; `*Changed` replace all mutable columns
 * of rows that are there. A task run of a single task travels in `singles*` with its run: one row.
 */
export interface ProjectionBatch {
  readonly positions: readonly ProjectionPosition[];
  readonly runsBorn: readonly RunRow[];
  readonly runsChanged: readonly RunRow[];
  readonly tasksBorn: readonly TaskRunRow[];
  readonly tasksChanged: readonly TaskRunRow[];
  readonly singlesBorn: readonly (readonly [RunRow, TaskRunRow])[];
  readonly singlesChanged: readonly (readonly [RunRow, TaskRunRow])[];
  /** Each run once; after what is born. */
  readonly runsPaused: readonly RunPausedRow[];
  /** Each task run once; after what is born. */
  readonly checkpoints: readonly CheckpointRow[];
  readonly attempts: readonly AttemptRow[];
  readonly workflows: readonly WorkflowRow[];
  readonly quarantine: readonly QuarantineRow[];
}

/** Somebody else moved the position of `partition`: this process does not own it any more. Nothing was written. */
export class PositionTaken extends Error {
  override readonly name = 'PositionTaken';
  constructor(
    readonly partition: number,
    readonly expected: number,
  ) {
    super(`Expected the projection of partition ${partition} to stand at ${expected}, but another projector moved it.`);
  }
}
export class ProjectionUnavailable extends Error {
  override readonly name = 'ProjectionUnavailable';
}

export interface ProjectionStore {
  /** Next offset, times and totals of a partition; all zero before the first commit. Throws `ProjectionUnavailable`. */
  position(partition: number): Promise<ProjectionPosition>;
  /** All or nothing. Throws `PositionTaken`, `ProjectionUnavailable`. */
  commit(batch: ProjectionBatch): Promise<void>;
}
