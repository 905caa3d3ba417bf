import { appendMetrics, counter, gauge, histogram, within, type MetricOf } from '@millrace/runtime';
import type { Worker } from '@millrace/worker';
import { tallyOf } from '@millrace/worker/engine';

/** What a worker host shows of its worker. */
export const workerMetrics: readonly MetricOf<Worker>[] = [
  gauge('millrace_worker_slots', 'Handlers that may run at the same time.', ({ condition }) => condition.slots),
  gauge(
    'millrace_worker_busy_slots',
    'Slots in use: attempts that run or wait for their claim.',
    ({ condition }) => condition.busy,
  ),
  gauge(
    'millrace_worker_held_attempts',
    'Attempts in hand, those included that wait for a slot or for the log to take their report.',
    ({ condition }) => condition.held,
  ),
  counter(
    'millrace_worker_started_attempts_total',
    'Attempts whose handler was called.',
    (worker) => tallyOf(worker).started,
  ),
  counter(
    'millrace_worker_ended_attempts_total',
    'Attempts that ended in this process, by outcome.',
    (worker) => tallyOf(worker).ended.samples(),
    'outcome',
  ),
  counter(
    'millrace_worker_returned_attempts_total',
    'Attempts that were handed back without burning a retry, by reason.',
    (worker) => tallyOf(worker).returned.samples(),
    'reason',
  ),
  histogram(
    'millrace_worker_attempt_duration_seconds',
    'Time from the start of an attempt to its end, however it ended.',
    (worker) => [[tallyOf(worker).took]],
  ),
  counter(
    'millrace_worker_claims_total',
    "Claims that were asked for, and how partitions' owners answered them.",
    (worker) => tallyOf(worker).claims.samples(),
    'stage',
  ),
  counter(
    'millrace_worker_declared_lost_total',
    'Times that a partition declared this worker lost.',
    (worker) => tallyOf(worker).lost,
  ),
  ...within(appendMetrics, (worker: Worker) => tallyOf(worker).appends),
];
