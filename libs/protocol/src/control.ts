import type { RunId, TaskIndex, WorkerId } from '@millrace/domain';

/** Answer to a claim, read from state: does this nonce hold it? */
export interface Verdict {
  readonly v: 1;
  readonly kind: 'verdict';
  readonly to: WorkerId;
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly nonce: string;
  readonly holds: boolean;
  readonly reason?: string;
}

/** Abort the handler and forget the delivery; a report of it would be rejected. */
export interface Stop {
  readonly v: 1;
  readonly kind: 'stop';
  readonly to: WorkerId;
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly reason: string;
}

/** A partition has declared this incarnation lost: abort what that partition gave and take a new id. */
export interface Lost {
  readonly v: 1;
  readonly kind: 'lost';
  readonly to: WorkerId;
  readonly partition: number;
}

/** What became of the requests of one frame that asked for it, for the ingest that wrote the frame. */
export interface RequestVerdicts {
  readonly v: 1;
  readonly kind: 'requests';
  readonly to: string;
  /** One for each such request, in the frame's order. */
  readonly verdicts: readonly RequestVerdict[];
}

export interface RequestVerdict {
  /** The id that the request gave its run. */
  readonly run: RunId;
  /**
   * - `new`: the run exists
   * - `known`: `first` was made by an earlier request with the same key and body
   * - `conflict`: `first` was made by an earlier request with the same key and another body
   * - `rejected`: the fold refused it, for `reason`
   */
  readonly outcome: 'new' | 'known' | 'conflict' | 'rejected';
  readonly first?: RunId;
  readonly reason?: string;
}

/** What became of the commands of one frame that asked for it, for the ingest that wrote the frame. */
export interface CommandVerdicts {
  readonly v: 1;
  readonly kind: 'commands';
  readonly to: string;
  /** In the frame's order. */
  readonly verdicts: readonly CommandVerdict[];
}

export interface CommandVerdict {
  readonly command: string;
  /** `accepted`: it took effect; `rejected`: it took none, for `reason`. */
  readonly outcome: 'accepted' | 'rejected';
  readonly reason?: string;
}

/** An operator asks: take nothing new, hand back what waits, finish what runs. It stays, and says in heartbeats that it drains. */
export interface Drain {
  readonly v: 1;
  readonly kind: 'drain';
  readonly to: WorkerId;
}

/** What workers are told. */
export type Control = Verdict | Stop | Lost | Drain;

/** What those who ask for something are told. */
export type Answered = RequestVerdicts | CommandVerdicts;

/** The process behind a writer incarnation: a writer that gave a frame up goes on as `<by>~2`, `<by>~3`, ... */
export function recipientOf(by: string): string {
  return by.replace(/~\d+$/, '');
}

/** Partition of `millrace.control` that a recipient reads: FNV-1a of its id. */
export function controlPartitionOf(recipient: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < recipient.length; index++) {
    hash = Math.imul(hash ^ recipient.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % partitions;
}
