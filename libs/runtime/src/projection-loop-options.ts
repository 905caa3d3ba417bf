import type { Topics } from '@millrace/protocol';
import type { Clock, Journal, OwnershipHint, ProjectionStore, RecordReader } from './ports.js';
import type { Snapshots } from './snapshot-recovery.js';
import type { Soundness } from './take-over-checks.js';

export interface ProjectionLoopOptions {
  readonly topics: Topics;
  readonly reader: RecordReader;
  readonly store: ProjectionStore;
  readonly ownership: OwnershipHint;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Absent: every recovery folds the whole log, and nobody takes snapshots. */
  readonly snapshots?: Snapshots;
  /** Asked at every take-over. Absent: the log is taken for sound. */
  readonly soundness?: Soundness;
  /** The highest rules that it folds under; its snapshots' recovery must know the same. Default: those of this code. */
  readonly knows?: number;
}
