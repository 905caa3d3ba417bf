import type { ProjectionLoop } from '../projection-loop.js';
import { counter, gauge, histogram, type MetricOf } from './metric.js';

/** What a projector shows of its loop. */
export const projectionMetrics: readonly MetricOf<ProjectionLoop>[] = [
  gauge(
    'millrace_projector_lag_records',
    'Records of the log that are not in the database yet, as far as the end of the log is known.',
    ({ projected }) => projected.map(({ partition, lag }) => [lag, partition]),
    'partition',
  ),
  gauge(
    'millrace_projector_position',
    'Next offset of the log as stored in the database.',
    ({ projected }) => projected.map(({ partition, stored }) => [stored.to, partition]),
    'partition',
  ),
  gauge(
    'millrace_projector_halted_partitions',
    'Partitions that have halted and need an operator.',
    ({ faults }) => faults.length,
  ),
  counter(
    'millrace_projector_entries_total',
    'Entries of the log since its birth that are in the database, by what became of them.',
    ({ projected }) =>
      projected.flatMap(({ partition, stored: { accepted, rejected, quarantined } }) => [
        [accepted, partition, 'accepted'],
        [rejected, partition, 'rejected'],
        [quarantined, partition, 'quarantined'],
      ]),
    'partition',
    'outcome',
  ),
  counter(
    'millrace_projector_folded_records_total',
    'Records of the log that were folded, recoveries included.',
    ({ tally }) => tally.recordsFolded,
  ),
  counter('millrace_projector_written_rows_total', 'Rows that were inserted or updated.', ({ tally }) => tally.rows),
  counter(
    'millrace_projector_unanswered_transactions_total',
    'Transactions that the database did not answer and that were tried again.',
    ({ tally }) => tally.unanswered,
  ),
  counter(
    'millrace_projector_positions_taken_total',
    'Positions that another projector had moved: the partition was recovered.',
    ({ tally }) => tally.positionsTaken,
  ),
  histogram(
    'millrace_projector_transaction_duration_seconds',
    'Time of a transaction that changed rows and positions.',
    ({ tally }) => [[tally.transactions]],
  ),
];
