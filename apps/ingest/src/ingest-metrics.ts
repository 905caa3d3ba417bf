import { appendMetrics, counter, gauge, within, type AppendTally, type MetricOf } from '@millrace/runtime';
import type { Intake } from './intake/intake.js';
import type { LagBook } from './lag/lag-book.js';
import type { LogGate } from './log/log-gate.js';
import type { ItemTally } from './submit/item-tally.js';

/** The parts of the service that count something. */
export interface IngestFacts {
  readonly items: ItemTally;
  readonly gate: Pick<LogGate, 'pendingItems' | 'pendingBytes' | 'latePartitions'>;
  readonly lag: Pick<LagBook, 'behindPartitions'>;
  /** Absent where it takes requests over HTTP only. */
  readonly intake: Pick<Intake, 'taken' | 'quarantined'> | undefined;
  readonly verdicts: readonly { readonly awaited: number }[];
  readonly appends: AppendTally;
}

export const ingestMetrics: readonly MetricOf<IngestFacts>[] = [
  counter(
    'millrace_ingest_items_total',
    'Runs and tasks asked for, over HTTP and the intake topic, by outcome; logged: in the log, and nobody waited for the verdict.',
    ({ items }) => items.outcomes.samples(),
    'outcome',
  ),
  counter(
    'millrace_ingest_refused_items_total',
    'Runs and tasks that were refused, by the code of the problem.',
    ({ items }) => items.refused.samples(),
    'code',
  ),
  counter(
    'millrace_ingest_intake_taken_records_total',
    'Records of the intake topic whose request is in the log.',
    ({ intake }) => intake?.taken ?? 0,
  ),
  counter(
    'millrace_ingest_intake_quarantined_records_total',
    'Records of the intake topic that were put in quarantine.',
    ({ intake }) => intake?.quarantined ?? 0,
  ),
  gauge(
    'millrace_ingest_pending_items',
    'Items that wait for the log to acknowledge them.',
    ({ gate }) => gate.pendingItems,
  ),
  gauge(
    'millrace_ingest_pending_bytes',
    'Size of the items that wait for the log to acknowledge them.',
    ({ gate }) => gate.pendingBytes,
  ),
  gauge(
    'millrace_ingest_late_partitions',
    'Partitions that get no new runs because an append has waited too long.',
    ({ gate }) => gate.latePartitions,
  ),
  gauge(
    'millrace_ingest_behind_partitions',
    'Partitions that get no new runs because a dispatcher or projector is too far behind.',
    ({ lag }) => lag.behindPartitions,
  ),
  gauge('millrace_ingest_awaited_verdicts', 'Requests and commands that wait for their verdict.', ({ verdicts }) =>
    verdicts.reduce((sum, { awaited }) => sum + awaited, 0),
  ),
  ...within(appendMetrics, ({ appends }: IngestFacts) => appends),
];
