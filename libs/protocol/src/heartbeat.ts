import type { Band, Instant, RunId, TaskIndex, WorkerId } from '@millrace/domain';

/** A delivery that a worker has not settled yet. */
export interface ListedDelivery {
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly epoch: number;
  readonly state: 'held' | 'claiming' | 'running' | 'ended';
  /** Nonce of its claim, where it has one. */
  readonly nonce?: string;
  /** How long its handler has run. */
  readonly runningMs?: number;
  /** How long its handler has not called `heartbeat`; absent where it need not. */
  readonly silentMs?: number;
  /** It is its handler that blocks the worker: it has been called and has not returned. */
  readonly blocks?: true;
}

/** What a worker says of itself every 2 s on `millrace.workers`. */
export interface WorkerHeartbeat {
  readonly v: 1;
  readonly kind: 'worker';
  readonly id: WorkerId;
  /** The sender's clock. */
  readonly at: Instant;
  readonly slots: number;
  readonly busy: number;
  readonly handlers: readonly string[];
  /** Task-topic partitions held, by queue. */
  readonly queues: { readonly [queue: string]: readonly number[] };
  /** Credits by log partition. */
  readonly credits: readonly number[];
  readonly deliveries: readonly ListedDelivery[];
  /** A handler has blocked its event loop for this long: it starts, reports and obeys nothing. Absent under a second. */
  readonly blockedMs?: number;
  /** It takes nothing new, and hands back or finishes what it has. */
  readonly drains?: true;
  /** Its last one: it has handed everything back. */
  readonly leaving?: true;
}

/** What a partition has of one queue and band. */
export interface OwnedLine {
  readonly queue: string;
  readonly band: Band;
  /** Queued, of runs that are not paused. */
  readonly waiting: number;
  /** Partition time at which the oldest of them was queued; absent where nothing waits. */
  readonly since?: Instant;
  /** In flight and not known to have started. */
  readonly dispatched: number;
  /** In flight, their start is in the log. */
  readonly running: number;
}

export interface OwnedPartition {
  readonly partition: number;
  readonly epoch: number;
  /** Next offset that its fold waits for. */
  readonly position: number;
  /** Entries of the log below that position. */
  readonly entries: number;
  /** Of those entries. */
  readonly rejected?: number;
  readonly quarantined?: number;
  /** The rules in force. */
  readonly rules?: number;
  /** Task runs queued. */
  readonly waiting: number;
  /** By queue and band, where there is anything; those in which least waits may be left out. */
  readonly lines?: readonly OwnedLine[];
  /** Idempotency keys that are taken. */
  readonly keys?: number;
  /** Workflow versions in force there. */
  readonly pinned: readonly string[];
}

/** A partition that a service does not go on with: an operator is needed. */
export interface HaltedPartition {
  readonly partition: number;
  /** The sentence that says why, at most 500 characters. */
  readonly fault: string;
}

/** What a dispatcher says of itself. */
export interface DispatcherHeartbeat {
  readonly v: 1;
  readonly kind: 'dispatcher';
  readonly id: string;
  readonly at: Instant;
  /** Rules versions up to this are known to it. */
  readonly knows: number;
  readonly partitions: readonly OwnedPartition[];
  /** It stops: whoever is told to take these partitions claims them without waiting. */
  readonly leaving?: true;
  /** Absent where there are none; at most 100. */
  readonly halted?: readonly HaltedPartition[];
}

/** What every other service says of itself. */
export interface ServiceHeartbeat {
  readonly v: 1;
  readonly kind: 'ingest' | 'projector' | 'query';
  readonly id: string;
  readonly at: Instant;
  readonly knows: number;
  /** Next offsets by log partition, where it has any. */
  readonly positions?: { readonly [partition: string]: number };
  /** Entries of the log below each of these positions. */
  readonly entries?: { readonly [partition: string]: number };
  /** Absent where there are none; at most 100. */
  readonly halted?: readonly HaltedPartition[];
}

export type Heartbeat = WorkerHeartbeat | DispatcherHeartbeat | ServiceHeartbeat;
