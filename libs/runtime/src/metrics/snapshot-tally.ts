import { Durations } from './durations.js';
import { counter, gauge, histogram, type MetricOf } from './metric.js';

interface Newest {
  readonly bytes: number;
  readonly position: number;
  /** By the wall clock, in milliseconds. */
  readonly at: number;
}

/** The snapshots that a process takes. */
export class SnapshotTally {
  stored = 0;
  failed = 0;
  /** How long a partition stood still for its copy. */
  readonly paused = new Durations();
  readonly newest = new Map<number, Newest>();
}

export const snapshotMetrics: readonly MetricOf<SnapshotTally>[] = [
  counter('millrace_snapshots_stored_total', 'Snapshots that were stored.', (tally) => tally.stored),
  counter(
    'millrace_snapshots_failed_total',
    'Snapshots that could not be stored and were given up.',
    (tally) => tally.failed,
  ),
  histogram(
    'millrace_snapshot_pause_seconds',
    'Time for which a partition stood still while its state was copied.',
    (tally) => [[tally.paused]],
  ),
  gauge(
    'millrace_snapshot_size_bytes',
    'Size of the newest snapshot that this process has stored.',
    ({ newest }) => Array.from(newest, ([partition, { bytes }]) => [bytes, partition]),
    'partition',
  ),
  gauge(
    'millrace_snapshot_position',
    'Next offset of the log after the newest snapshot that this process has stored.',
    ({ newest }) => Array.from(newest, ([partition, { position }]) => [position, partition]),
    'partition',
  ),
  gauge(
    'millrace_snapshot_timestamp_seconds',
    'When the newest snapshot was stored, as a Unix time; time() minus this is its age.',
    ({ newest }) => Array.from(newest, ([partition, { at }]) => [at / 1_000, partition]),
    'partition',
  ),
];
