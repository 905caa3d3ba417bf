import type { Instant } from '@millrace/domain';
import type { Rounds } from './rounds.js';

export * from './snapshot-ports.js';

/** A record as a reader gives it. */
export interface LogRecord {
  readonly offset: number;
  /** Broker's append time (LogAppendTime) in milliseconds. */
  readonly at: Instant;
  /** Undefined for a tombstone or a foreign control record. */
  readonly value: Uint8Array | undefined;
  /** The `crc32` header: CRC32 of the value, where the record has one that parses. */
  readonly crc: number | undefined;
  readonly leaderEpoch: number;
  /** The other headers by name, where the record has any. */
  readonly headers?: ReadonlyMap<string, Uint8Array>;
}

export interface Position {
  readonly topic: string;
  readonly partition: number;
  /** Next offset wanted. */
  readonly offset: number;
}

export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  /** In offset order; all at or above the wanted offset. May begin above it: contiguity is the reader's business. */
  readonly records: readonly LogRecord[];
  /** High watermark: the next offset that will be written. */
  readonly endOffset: number;
}

/**
 * Reads records by partition and offset, without a group and without any reset policy. One reader is one loop: calls
 * must not overlap.
 */
export interface RecordReader {
  /**
   * At most one entry per position; waits up to `waitMsMax` for the first record of any of them, and answers with an empty
   * list when none came.
   * Throws `OffsetOutOfRange` (with topic, partition, offset) rather than moving anywhere, and `LogUnavailable` when no
   * answer came from the server; both leave the reader usable.
   */
  fetch(positions: readonly Position[], waitMsMax: number): Promise<Fetched[]>;
  /** The first and the next offset of a partition. Throws `LogUnavailable`, `TopicMissing`. */
  bounds(topic: string, partition: number): Promise<{ start: number; end: number }>;
  close(): Promise<void>;
}

/** What one append writes: consecutive records of one partition. */
export interface OutgoingRecord {
  readonly key?: string;
  readonly value: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Appended {
  /** Offset of the first record. */
  readonly offset: number;
  /** Broker's append time, for topics with LogAppendTime; else the sender's clock. */
  readonly at: Instant;
}

/** Writes records. Every call is one try: retrying is the caller's, who knows whether it is harmless. acks=all. */
export interface RecordWriter {
  /**
   * Appends to one partition in one request. After a throw (`LogUnavailable`, `RecordTooLarge`, `TopicMissing`) the
   * records may or may not be in the log.
   */
  append(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<Appended>;
  /** Appends to several partitions of several topics; after a throw any part of it may be there. */
  appendAll(
    batches: readonly { topic: string; partition: number; records: readonly OutgoingRecord[] }[],
  ): Promise<void>;
}

/** No answer from the server; `cause` has the client's error. Waiting and trying again may help. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}
export class TopicMissing extends Error {
  override readonly name = 'TopicMissing';
  constructor(
    readonly topic: string,
    options?: ErrorOptions,
  ) {
    super(`Expected topic ${topic} to exist, but the broker does not know it. Run: millrace topics apply`, options);
  }
}
export class RecordTooLarge extends Error {
  override readonly name = 'RecordTooLarge';
}
export class OffsetOutOfRange extends Error {
  override readonly name = 'OffsetOutOfRange';
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
  ) {
    super(`Expected offset ${offset} of ${topic}/${partition} to exist, but the broker says it is out of range.`);
  }
}

/** Deletes from topics that are not the log. */
export interface RecordTrimmer {
  /** Records below `offset` are gone some time after. Throws `LogUnavailable`, `TopicMissing`. */
  deleteBelow(topic: string, partition: number, offset: number): Promise<void>;
}

/** Which partitions this process should take: a hint, never a lock. Listeners are called in order, never overlapping. */
export interface OwnershipHint {
  start(listener: { assigned(partitions: readonly number[]): void }): Promise<void>;
  stop(): Promise<void>;
}

/** What a group tells its member. Calls never overlap, unless they are of different partitions. */
export interface TaskSourceListener {
  /**
   * After each group join, before any record of that assignment. `queues` holds the task-topic partitions by queue (the
   * same numbers in all bands); `endOf` gives the end of a task partition as read after the join.
   */
  joined(assignment: TaskAssignment): void;
  /**
   * The next assignment is about to be known, or the session is over: nothing of the one before may be handed to a handler
   * any more. While a group waits for a member that may be dead, the others go on with what they hold.
   */
  left(): void;
  /** Where this gives a promise, nothing more is read before it has resolved. */
  records(topic: string, partition: number, records: readonly LogRecord[]): Promise<void> | void;
}
export interface TaskAssignment {
  readonly queues: { readonly [queue: string]: readonly number[] };
  endOf(topic: string, partition: number): number;
}

/** Membership in the group of a worker's task topics, or of the intake topic (as queue `intake`); reads from the beginning where nothing is committed. */
export interface TaskSource {
  start(listener: TaskSourceListener): Promise<void>;
  /** Everything below `nextOffset` is settled; committed soon after, at latest at `stop`. A lost commit means redelivery. */
  settle(topic: string, partition: number, nextOffset: number): void;
  /** When the last group heartbeat that succeeded was sent, by `uptimeMs` of the process's clock; before the first join long ago. */
  lastHeartbeatSentAt(): number;
  /** Of its loops. Absent: it has none that could be stuck. */
  readonly rounds?: readonly Rounds[];
  stop(): Promise<void>;
}
export interface Clock {
  /** What is told to others and logged. It may be set, so it never measures a duration. */
  now(): Instant;
  /** Milliseconds since some beginning, for durations: never goes back, whatever is done to the machine's clock. */
  uptimeMs(): number;
  /** Calls once after `delayMs`; the returned function cancels and tolerates being called twice. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Lines that operators read. Fields carry run, task, attempt, partition. */
export interface Journal {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

// --- Read side -----------------------------------------------------------------------------------------------------

export * from './projection-port.js';
