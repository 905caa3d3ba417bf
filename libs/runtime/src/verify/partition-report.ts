import type { Difference } from './difference.js';
import type { SnapshotReport } from './snapshot-check.js';

export interface PartitionReport {
  readonly partition: number;
  /** Where the rows stand: everything but snapshots is compared there. */
  readonly offset: number;
  readonly entries: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly quarantined: number;
  /** Told by the records that were folded. */
  readonly runs: number;
  readonly attempts: number;
  /** Digest of the state. */
  readonly state: string;
  /** Digest of the rows as the fold tells them; null where the beginning of the log is gone. */
  readonly fold: string | null;
  /** Digest of the rows as they are. */
  readonly projection: string | null;
  readonly snapshots: readonly SnapshotReport[];
  /** What could not be proved, and why. */
  readonly notes: readonly string[];
  /** The first comes first. */
  readonly differences: readonly Difference[];
}

/** A report, and the hashes of the workflow versions that the partition's log tells. */
export interface VerifiedPartition {
  readonly report: PartitionReport;
  readonly workflows: ReadonlyMap<string, bigint>;
}
