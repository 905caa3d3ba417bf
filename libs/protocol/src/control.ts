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

export type Control = Verdict | Stop | Lost;

/** Partition of `millrace.control` that a recipient reads: FNV-1a of its id. */
export function controlPartitionOf(recipient: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < recipient.length; index++) {
    hash = Math.imul(hash ^ recipient.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % partitions;
}
