import { bandName } from '@millrace/domain';
import type { DispatchLoop } from '../dispatch-loop.js';
import type { PartitionOwner } from '../partition-owner.js';
import { appendMetrics } from './append-tally.js';
import { counter, gauge, within, type MetricOf, type Sample } from './metric.js';

/** What a dispatcher shows of its loop. Gauges by partition are those of the partitions that it owns. */
export const dispatchMetrics: readonly MetricOf<DispatchLoop>[] = [
  gauge(
    'millrace_dispatcher_lag_records',
    'Records of the log that are not folded yet, as far as its end is known; also of a partition that another owns and that is followed.',
    ({ owners, tally }) =>
      Array.from(owners, ([partition, { position }]) => [
        Math.max(0, (tally.ends.get(partition) ?? position) - position),
        partition,
      ]),
    'partition',
  ),
  gauge(
    'millrace_dispatcher_position',
    'Next offset of the log that is wanted.',
    ({ owners }) => Array.from(owners, ([partition, { position }]) => [position, partition]),
    'partition',
  ),
  gauge(
    'millrace_dispatcher_epoch',
    'Epoch with which this process owns the partition.',
    (loop) => owned(loop, ({ state }) => state.epoch),
    'partition',
  ),
  gauge(
    'millrace_dispatcher_owned_partitions',
    'Partitions that this process owns.',
    (loop) => owned(loop, () => 1).length,
  ),
  gauge(
    'millrace_dispatcher_halted_partitions',
    'Partitions that have halted and need an operator.',
    ({ faults }) => faults.length,
  ),
  gauge(
    'millrace_dispatcher_runs',
    'Runs that have not ended.',
    (loop) => owned(loop, ({ state }) => state.runs.size),
    'partition',
  ),
  gauge(
    'millrace_dispatcher_waiting_tasks',
    'Task runs that wait for a worker, those of paused runs left out.',
    (loop) => owned(loop, ({ state }) => state.ready.waiting),
    'partition',
  ),
  gauge(
    'millrace_dispatcher_queued_tasks',
    'Task runs that wait for a worker over the partitions owned, by queue and band; a queue in which nothing waits is left out.',
    queued,
    'queue',
    'band',
  ),
  gauge(
    'millrace_dispatcher_inflight_tasks',
    'Task runs that workers have, by whether their start is in the log: what ends within a second is dispatched until then.',
    (loop) => ownersOf(loop).flatMap(([partition, owner]) => inFlight(partition, owner)),
    'partition',
    'status',
  ),
  gauge(
    'millrace_dispatcher_timers',
    'Deadlines, delays and back-offs that are set, stale ones included.',
    (loop) => owned(loop, ({ state }) => state.timers.size),
    'partition',
  ),
  gauge(
    'millrace_dispatcher_idempotency_keys',
    'Idempotency keys that are taken.',
    (loop) => owned(loop, ({ state }) => state.keys.size),
    'partition',
  ),
  gauge(
    'millrace_dispatcher_living_workers',
    'Workers that were heard within a session.',
    ({ workersLiving }) => workersLiving,
  ),
  counter(
    'millrace_dispatcher_entries_total',
    'Entries of the log since its birth, by what became of them; of the partitions owned.',
    (loop) =>
      ownersOf(loop).flatMap(
        ([
          partition,
          {
            state: { accepted, rejected, quarantined },
          },
        ]): Sample[] => [
          [accepted, partition, 'accepted'],
          [rejected, partition, 'rejected'],
          [quarantined, partition, 'quarantined'],
        ],
      ),
    'partition',
    'outcome',
  ),
  counter(
    'millrace_dispatcher_rejected_entries_total',
    'Entries of the log that took no effect, by reason.',
    ({ tally }) => tally.fold.rejected.samples(),
    'reason',
  ),
  counter(
    'millrace_dispatcher_quarantined_entries_total',
    'Entries of the log that cannot be read, by cause.',
    ({ tally }) => tally.fold.quarantined.samples(),
    'cause',
  ),
  counter(
    'millrace_dispatcher_folded_records_total',
    'Records of the log that were folded, recoveries included.',
    ({ tally }) => tally.recordsFolded,
  ),
  counter(
    'millrace_dispatcher_task_transitions_total',
    'Changes of state of task runs, by edge of the state machine.',
    ({ tally }) => tally.fold.moves(),
    'from',
    'to',
  ),
  counter('millrace_dispatcher_dispatches_total', 'Dispatches that were accepted.', ({ tally }) =>
    tally.fold.movedTo('dispatched'),
  ),
  counter(
    'millrace_dispatcher_ended_attempts_total',
    'Attempts that ended or went back to the queue, by the state that followed.',
    ({ tally }) => tally.fold.ended(),
    'status',
  ),
  counter('millrace_dispatcher_retries_total', 'Failed attempts that are followed by another.', ({ tally }) =>
    tally.fold.movedTo('backing_off'),
  ),
  counter(
    'millrace_dispatcher_lost_workers_total',
    'Workers that are gone, silent or by their own word, once for each partition that knew them.',
    ({ tally }) => tally.fold.workersLost,
  ),
  counter(
    'millrace_dispatcher_published_deliveries_total',
    'Deliveries given to the task topics; again: copies, which a worker claims before it runs.',
    ({ tally }) => [
      [tally.published - tally.publishedAgain, 'first'],
      [tally.publishedAgain, 'again'],
    ],
    'copy',
  ),
  counter(
    'millrace_dispatcher_publish_failures_total',
    'Sends to task topics that failed; their tasks are published again.',
    ({ tally }) => tally.publishFailures,
  ),
  counter(
    'millrace_dispatcher_ownership_changes_total',
    "Partitions that became this process's by a claim, or another's.",
    ({ tally }) => [
      [tally.partitionsTaken, 'taken'],
      [tally.partitionsLost, 'lost'],
    ],
    'change',
  ),
  ...within(appendMetrics, (loop: DispatchLoop) => loop.tally.appends),
];

function ownersOf({ owners }: DispatchLoop): [number, PartitionOwner][] {
  return [...owners].filter(([, { phase }]) => phase === 'owning');
}

function owned(loop: DispatchLoop, read: (owner: PartitionOwner) => number): Sample[] {
  return ownersOf(loop).map(([partition, owner]) => [read(owner), partition]);
}

/** Queues are declared, so there are few. */
function queued(loop: DispatchLoop): Sample[] {
  const sums = new Map<string, number[]>();
  for (const [, { state }] of ownersOf(loop)) {
    for (const { queue, waitingByBand } of state.ready.queues()) {
      const sum = sums.get(queue) ?? [0, 0, 0, 0, 0, 0];
      waitingByBand.forEach((waiting, band) => (sum[band]! += waiting));
      sums.set(queue, sum);
    }
  }
  return [...sums].flatMap(([queue, sum]) =>
    ([5, 4, 3, 2, 1] as const).map((band): Sample => [sum[band]!, queue, bandName(band)]),
  );
}

/** Linear in what workers have, which credit bounds. */
function inFlight(partition: number, { state }: PartitionOwner): Sample[] {
  let [dispatched, running] = [0, 0];
  for (const worker of state.workers.all()) {
    for (const { startedAt } of worker.inFlight) {
      if (startedAt === undefined) dispatched += 1;
      else running += 1;
    }
  }
  return [
    [dispatched, partition, 'dispatched'],
    [running, partition, 'running'],
  ];
}
