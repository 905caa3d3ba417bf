import { Durations } from './durations.js';
import { counter, histogram, type MetricOf } from './metric.js';

/** What a process writes to the log. */
export class AppendTally {
  frames = 0;
  items = 0;
  bytes = 0;
  failures = 0;
  givenUp = 0;
  /** From the first try to the acknowledgement. */
  readonly took = new Durations();

  acknowledged(items: number, bytes: number, tookMs: number): void {
    this.frames += 1;
    this.items += items;
    this.bytes += bytes;
    this.took.add(tookMs);
  }
}

/** The same of every service that writes to the log: dispatchers decisions, workers reports, ingest requests. */
export const appendMetrics: readonly MetricOf<AppendTally>[] = [
  counter(
    'millrace_log_appended_frames_total',
    'Frames of this process that the log has acknowledged.',
    (tally) => tally.frames,
  ),
  counter(
    'millrace_log_appended_items_total',
    'Items in the frames that the log has acknowledged.',
    (tally) => tally.items,
  ),
  counter(
    'millrace_log_appended_bytes_total',
    'Bytes of the frames that the log has acknowledged.',
    (tally) => tally.bytes,
  ),
  counter(
    'millrace_log_append_failures_total',
    'Appends that failed and were tried again with the same bytes.',
    (tally) => tally.failures,
  ),
  counter(
    'millrace_log_append_given_up_total',
    'Frames that were given up after ten minutes without an acknowledgement.',
    (tally) => tally.givenUp,
  ),
  histogram(
    'millrace_log_append_duration_seconds',
    'Time from the first try of a frame to its acknowledgement.',
    (tally) => [[tally.took]],
  ),
];
