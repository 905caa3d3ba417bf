import type { Topics } from '@millrace/protocol';
import type { ItemsOfLog } from './log-items.js';
import type { Clock, Journal, OwnershipHint, RecordReader, RecordWriter } from './ports.js';
import type { Snapshots } from './snapshot-recovery.js';
import type { Soundness } from './take-over-checks.js';

export interface DispatchLoopOptions {
  readonly topics: Topics;
  /** One reader per loop: log and heartbeats do not wait for each other. */
  readonly logReader: RecordReader;
  readonly heartbeatReader: RecordReader;
  readonly items: ItemsOfLog;
  readonly writer: RecordWriter;
  readonly ownership: OwnershipHint;
  readonly clock: Clock;
  readonly journal: Journal;
  /** This process's incarnation. */
  readonly by: string;
  /** 32 hex digits of chance. */
  readonly nonce: () => string;
  /** A worker is silent after this long. Default 10,000. */
  readonly sessionMs?: number;
  /** Between two heartbeats. Default 2,000. */
  readonly heartbeatMs?: number;
  /** How long a frame is tried before its partition is claimed again, in milliseconds. Default: that of `FrameWriter`. */
  readonly giveUpMs?: number | undefined;
  /** Absent: every recovery folds the whole log, and nobody takes snapshots. */
  readonly snapshots?: Snapshots;
  /** Asked at every take-over. Absent: the log is taken for sound. */
  readonly soundness?: Soundness;
  /** The highest rules that it folds under; its snapshots' recovery must know the same. Default: those of this code. */
  readonly knows?: number;
}
