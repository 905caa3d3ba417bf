import type {
  Band,
  EventType,
  Frame,
  Instant,
  Json,
  Move,
  Rejection,
  RunId,
  RunStatus,
  TaskIndex,
  TaskStatus,
  WorkerId,
} from '@millrace/domain';

/**
 * What a fold said, one by one and in its order. An acceptance comes before what follows from it; of a plural event there is
 * one for each entry. A `FactSink` takes them down.
 */
export type FactSaid =
  | { readonly fact: 'accepted'; readonly type: EventType }
  | { readonly fact: 'rejection'; readonly entry: number; readonly reason: Rejection }
  | { readonly fact: 'quarantine'; readonly index: number; readonly cause: string }
  | { readonly fact: 'born'; readonly run: RunId; readonly at: Instant }
  | {
      readonly fact: 'transition';
      readonly run: RunId;
      readonly task: TaskIndex;
      readonly from: TaskStatus;
      readonly to: TaskStatus;
      readonly move: Partial<Move>;
    }
  | { readonly fact: 'ended'; readonly run: RunId; readonly status: RunStatus; readonly reason?: string }
  | { readonly fact: 'paused'; readonly run: RunId; readonly since: Instant | undefined }
  | { readonly fact: 'banded'; readonly run: RunId; readonly task: TaskIndex; readonly band: Band }
  | { readonly fact: 'checkpoint'; readonly run: RunId; readonly task: TaskIndex; readonly checkpoint: Json }
  | { readonly fact: 'pinned'; readonly version: string };

/** A record of the log as it was read. */
export interface RecordRead {
  readonly partition: number;
  readonly offset: number;
  /** Append time. */
  readonly at: Instant;
  /** Undefined for a record without value. */
  readonly value: Uint8Array | undefined;
  /** Of the header `crc32`, where there is one that parses. */
  readonly crc: number | undefined;
}

/** A record of the log, and what the fold under test said of it. */
export interface RecordFolded extends RecordRead {
  readonly facts: readonly FactSaid[];
  /** The record's frame, where somebody has decoded it already; the value is then not decoded again. */
  readonly frame?: Frame;
}

/** One attempt of a task run. Its partition is that of the run. */
export interface AttemptNamed {
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
}

/** Something that happened outside the log. */
export type Observation =
  /** An answer 2xx went out for a request for this run. */
  | { readonly kind: 'acknowledged'; readonly run: RunId }
  /** The broker appended a delivery to a task topic. */
  | ({ readonly kind: 'published'; readonly epoch: number; readonly again: boolean } & AttemptNamed)
  /**
   * A handler was called in a worker. With `claim`, the worker had been told that this nonce holds. `slots` are those of the
   * worker, all its partitions together.
   */
  | ({
      readonly kind: 'handler-began';
      readonly worker: WorkerId;
      readonly claim?: string;
      readonly slots?: number;
    } & AttemptNamed)
  /** A handler came to its end, or its process died. */
  | ({ readonly kind: 'handler-ended'; readonly worker: WorkerId } & AttemptNamed)
  /** A process died with every handler in it. */
  | { readonly kind: 'worker-died'; readonly worker: WorkerId }
  /** Rows and position moved in one transaction: `from` was compared, `to` is the next offset. */
  | { readonly kind: 'committed'; readonly partition: number; readonly from: number; readonly to: number }
  /** The database came back as it had been at this position. */
  | { readonly kind: 'rolled-back'; readonly partition: number; readonly to: number }
  /** Readers pass over the offsets from `from` to below `to`: an operator accepted them as lost. */
  | { readonly kind: 'gap-passed'; readonly partition: number; readonly from: number; readonly to: number }
  /** The digest of something that follows from the log below `offset` alone: all that were seen of one kind are equal. */
  | {
      readonly kind: 'digest';
      readonly partition: number;
      readonly offset: number;
      /** `fold`, also of one that went on from a snapshot, or `projection`. */
      readonly of: 'fold' | 'projection';
      /** Who made it, for the sentence. */
      readonly by: string;
      readonly digest: string;
      /** It went on from a snapshot: what differs is I19 and not I3. */
      readonly restored?: boolean;
    }
  /** The accounts of a fold at this position. */
  | {
      readonly kind: 'accounts';
      readonly partition: number;
      readonly offset: number;
      readonly accepted: number;
      readonly rejected: number;
      readonly quarantined: number;
    }
  /** Nothing is under way any more, in no process and on no topic: whatever was asked for must have ended. */
  | { readonly kind: 'at-rest' };
