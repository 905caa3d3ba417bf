import { singleRequested } from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { ProjectionLoop } from '../projection-loop.js';
import { topics } from '../testing/dispatch-given-owner.js';
import { atOnce, DispatchSystem } from '../testing/dispatch-system.js';
import { InMemoryOwnershipHint, InMemoryProjectionStore } from '../testing/index.js';
import { Durations } from './durations.js';
import { dispatchMetrics } from './dispatch-metrics.js';
import type { MetricOf } from './metric.js';
import { projectionMetrics } from './projection-metrics.js';

/** Every value by its name and labels. */
function read<Source>(metrics: readonly MetricOf<Source>[], source: Source): Record<string, number> {
  const values = metrics.flatMap((metric): [string, number][] => {
    const found = metric.read(source);
    if (typeof found === 'number') return [[metric.name, found]];
    return [...found].map(([value, ...labels]) => [[metric.name, ...labels].join(' '), countOf(value)]);
  });
  return Object.fromEntries(values);
}

function countOf(value: number | Durations): number {
  return typeof value === 'number' ? value : value.counts.reduce((sum, count) => sum + count, 0);
}

it('tells what a dispatcher has done, and what waits', async () => {
  const system = await new DispatchSystem().begun();
  const { loop } = await system.dispatcher([0]);
  system.worker(atOnce);
  await system.until('it owns', () => loop.partitions[0]?.phase === 'owning');
  for (let count = 0; count < 3; count++) system.request(0, singleRequested({}, { run: system.runId() }));
  system.request(0, singleRequested({ handler: 'nobody', queue: 'default' }, { run: system.runId() }));
  await system.until('three have ended', () => read(dispatchMetrics, loop)['millrace_dispatcher_runs 0'] === 1);
  const told = read(dispatchMetrics, loop);
  expect(told).toMatchObject({
    'millrace_dispatcher_lag_records 0': 0,
    'millrace_dispatcher_epoch 0': 1,
    millrace_dispatcher_owned_partitions: 1,
    'millrace_dispatcher_waiting_tasks 0': 1,
    'millrace_dispatcher_queued_tasks default normal': 1,
    'millrace_dispatcher_inflight_tasks 0 dispatched': 0,
    millrace_dispatcher_living_workers: 1,
    'millrace_dispatcher_task_transitions_total dispatched succeeded': 3,
    millrace_dispatcher_dispatches_total: 3,
    'millrace_dispatcher_ended_attempts_total succeeded': 3,
    millrace_dispatcher_retries_total: 0,
    'millrace_dispatcher_published_deliveries_total first': 3,
    'millrace_dispatcher_ownership_changes_total taken': 1,
  });
  expect(told['millrace_log_appended_frames_total']).toBeGreaterThan(1);
  expect(told['millrace_log_append_duration_seconds']).toBe(told['millrace_log_appended_frames_total']);
});

it('tells what a projector has written', async () => {
  const system = await new DispatchSystem().begun();
  const { log, clock, journal } = system;
  const [ownership, store] = [new InMemoryOwnershipHint(), new InMemoryProjectionStore()];
  const loop = new ProjectionLoop({ topics, reader: log.reader(), store, ownership, clock, journal });
  await loop.start();
  ownership.assign([0]);
  system.request(0, singleRequested({}, { run: system.runId() }));
  await system.until('it is stored', () => loop.positions[0] === 2);
  const told = read(projectionMetrics, loop);
  expect(told).toMatchObject({
    'millrace_projector_lag_records 0': 0,
    'millrace_projector_position 0': 2,
    'millrace_projector_entries_total 0 accepted': 2,
    millrace_projector_written_rows_total: 1,
    millrace_projector_halted_partitions: 0,
  });
  expect(told['millrace_projector_transaction_duration_seconds']).toBeGreaterThan(0);
  const stopped = loop.stop();
  await system.pass(1_000);
  await stopped;
});
