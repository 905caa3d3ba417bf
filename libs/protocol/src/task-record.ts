import type { Instant, Json, RunId, TaskIndex } from '@millrace/domain';
import type { FarParents } from './far-parents.js';

/** One attempt as a worker gets it. */
export interface Delivery {
  readonly run: RunId;
  readonly task: TaskIndex;
  /** The node's id in its workflow; `task` for a single task. */
  readonly id: string;
  readonly attempt: number;
  readonly handler: string;
  readonly workflow?: string;
  readonly input?: Json;
  /** Results of succeeded parents by node id; absent is a parent without result, and one of `farParents`. */
  readonly parents?: { readonly [id: string]: Json };
  /** Further results, of over 128 KiB together: where in the log they stand. */
  readonly farParents?: FarParents;
  readonly startToCloseMs: number;
  readonly heartbeatTimeoutMs?: number;
  /** The last one that an earlier attempt saved. */
  readonly checkpoint?: Json;
  /** That the run was requested with. */
  readonly traceparent?: string;
  readonly claimFirst?: true;
  /** Edges to children that have a condition: the report of a success names those that are taken. */
  readonly edges?: readonly ConditionalEdge[];
  /** It may be what ends its workers' processes: claimed first, and run alone in a process of its own. */
  readonly alone?: true;
}

export interface ConditionalEdge {
  /** The child. */
  readonly to: TaskIndex;
  /** CEL over `result` and `input`. */
  readonly when: string;
}

/** Value of a record on a task topic: accepted dispatches of one decision frame for one task-topic partition. */
export interface TaskRecord {
  readonly v: 1;
  /** Epoch of the dispatch. */
  readonly epoch: number;
  /** Append time of the decision frame. */
  readonly decidedAt: Instant;
  /** Published before, or too late to be sure that it was not: never run unclaimed. */
  readonly again?: true;
  readonly tasks: readonly Delivery[];
}
