import type { Topics } from '@millrace/protocol';
import type { ControlSender } from './control-sender.js';
import type { ItemsOfLog } from './log-items.js';
import type { KnownGaps } from './known-gaps.js';
import type { DispatchTally } from './metrics/dispatch-tally.js';
import type { Clock, Journal, RecordWriter } from './ports.js';
import type { WorkerLiveness } from './worker-liveness.js';

export interface PartitionOwnerOptions {
  readonly partition: number;
  readonly topics: Topics;
  readonly writer: RecordWriter;
  readonly control: ControlSender;
  readonly liveness: WorkerLiveness;
  /** Counts for all partitions of the process. */
  readonly tally: DispatchTally;
  readonly items: ItemsOfLog;
  readonly clock: Clock;
  readonly journal: Journal;
  /** The dispatcher's incarnation. */
  readonly by: string;
  /** 32 hex digits of chance. */
  readonly nonce: () => string;
  /** Gaps of the log that were accepted. Default: none. */
  readonly gaps?: KnownGaps;
  /** The highest rules that it folds under. Default: those of this code. */
  readonly knows?: number;
  /** Entries of one decision at most. Default 512. */
  readonly decisionEntriesMax?: number;
  /** How long a frame is tried before the partition is claimed again, in milliseconds. Default: that of `FrameWriter`. */
  readonly giveUpMs?: number | undefined;
}

/**
 * - `recovering`: folds the log up to the end as it was at the assignment
 * - `claiming`: its claim is on the way
 * - `owning`: its epoch is in force; it decides
 * - `following`: another epoch is in force; it folds and waits
 * - `stopped`: folds no more
 */
export type OwnerPhase = 'recovering' | 'claiming' | 'owning' | 'following' | 'stopped';
