import type { EntrySeen, Transition } from '../rule.js';
import type { PartitionHistory } from './partition-history.js';
import { isTerminal } from './statuses.js';

/** A task run moved: its status, and what comes and goes with it. */
export function takeTransition(
  history: PartitionHistory,
  { run: id, task, from, to, move }: Transition,
  { item, entry }: EntrySeen,
): void {
  const run = history.runs.get(id);
  if (run === undefined || !run.has(task)) return;
  const { time } = history;
  run.move(task, to);
  if (to !== 'running') run.flights.delete(task);
  if (item.type === 'TasksDispatched' && to === 'dispatched') {
    const { attempt, worker } = item.entries[entry]!;
    run.attempts.set(task, attempt);
    run.flights.set(task, {
      attempt,
      worker,
      epoch: item.epoch,
      dispatchedAt: time,
      isStarted: false,
      claim: undefined,
    });
  }
  if (move.dueAt === undefined) run.dues.delete(task);
  else run.dues.set(task, move.dueAt);
  if (to === 'queued' && (from === 'pending' || from === 'scheduled')) run.queuedFirstAt.set(task, time);
  const { scheduleToStartMs } = run.flow.spec(task);
  if (scheduleToStartMs !== undefined) {
    if (to !== 'queued' && to !== 'dispatched') run.startBy.delete(task);
    else if (!run.startBy.has(task)) run.startBy.set(task, time + scheduleToStartMs);
  }
  if (to === 'skipped' && move.reason === 'upstream_failed') run.upstreamFailed.add(task);
  if (!isTerminal(to)) return;
  for (const forgotten of [run.failures, run.deaths, run.queuedFirstAt]) forgotten.delete(task);
}
