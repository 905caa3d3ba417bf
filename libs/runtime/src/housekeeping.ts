import type {
  Attempt,
  Event,
  Instant,
  PartitionState,
  RecallReason,
  WorkerLost,
  WorkerSeen,
  WorkersSeen,
} from '@millrace/domain';
import { limits } from '@millrace/protocol';
import { overrunAttempts } from './overrun-attempts.js';
import type { PublishAccepted } from './publish-accepted.js';
import { startsSeen } from './starts-seen.js';
import type { WorkerLiveness } from './worker-liveness.js';

/** A dispatched task that nobody started or lists for this long is published again. */
export const publishAgainMs = 30_000;
/** Attempts younger than this are not looked at: most end sooner. */
const youngMs = 3_000;

/** Workers in one event: with a hundred handlers each it still fits into a frame. The others come with the next look. */
const workersSeenMax = 200;

export interface Kept {
  /** What the log should say before the next dispatch. */
  readonly events: readonly Event[];
  readonly publishAgain: readonly Attempt[];
}

/**
 * What an owner does besides dispatching, from its state and what it hears: new and changed workers, lost ones, due
 * timers, attempts that nobody lists, that overran, or whose start a blocked worker cannot log.
 *
 * @param due what is to be said of due timers.
 * @param draw the chance of a failure: an integer from 0 to 1,000,000.
 */
export function housekeeping(
  state: PartitionState,
  partition: number,
  liveness: WorkerLiveness,
  publish: PublishAccepted,
  now: Instant,
  draw: () => number,
  due: Event | undefined,
): Kept {
  const events: Event[] = [];
  const seen = workersSeen(state, partition, liveness);
  if (seen !== undefined) events.push(seen);
  for (const worker of liveness.lost(presentWorkers(state))) events.push(lossOf(state, liveness, worker));
  if (due !== undefined) events.push(due);
  const { unlisted, publishAgain } = unlistedAttempts(state, liveness, publish, now);
  if (unlisted.length > 0) events.push(recall(state, 'unlisted', unlisted));
  events.push(...recallUnpublishable(state, publish));
  const started = startsSeen(state, partition, liveness);
  if (started !== undefined) events.push(started);
  const overrun = overrunAttempts(state, partition, liveness, draw);
  if (overrun.event !== undefined) events.push(overrun.event);
  if (overrun.blocked.length > 0) events.push(recall(state, 'blocked', overrun.blocked));
  return { events, publishAgain };
}

function lossOf({ epoch }: PartitionState, liveness: WorkerLiveness, worker: string): WorkerLost {
  const left = liveness.get(worker)?.heartbeat.leaving;
  return { type: 'WorkerLost', epoch, worker, ...(left === true && { left }) };
}

function recallUnpublishable(state: PartitionState, { unpublishable }: PublishAccepted): Event[] {
  const taken = [...unpublishable].slice(0, limits.frameItemsMax);
  for (const [attempt] of taken) unpublishable.delete(attempt);
  const byReason = Map.groupBy(taken, ([, reason]) => reason);
  return [...byReason].map(([reason, of]) =>
    recall(
      state,
      reason,
      of.map(([attempt]) => attempt),
    ),
  );
}

function workersSeen(state: PartitionState, partition: number, liveness: WorkerLiveness): WorkersSeen | undefined {
  const changed: WorkerSeen[] = [];
  for (const { heartbeat } of liveness.living()) {
    const { id, queues, handlers, credits } = heartbeat;
    if (state.workers.isLost(id)) continue;
    const known = state.workers.get(id)?.seen;
    const now: WorkerSeen = { worker: id, queues, handlers, credits: credits[partition] ?? 0 };
    if (known === undefined || !isSame(known, now)) changed.push(now);
    if (changed.length === workersSeenMax) break;
  }
  return changed.length === 0 ? undefined : { type: 'WorkersSeen', epoch: state.epoch, workers: changed };
}

function isSame(one: WorkerSeen, other: WorkerSeen): boolean {
  return (
    one.credits === other.credits &&
    isSameList(one.handlers, other.handlers) &&
    isSameList(Object.keys(one.queues), Object.keys(other.queues)) &&
    Object.entries(one.queues).every(([queue, partitions]) => isSameList(partitions, other.queues[queue]!))
  );
}

function isSameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}

function presentWorkers(state: PartitionState): string[] {
  const present: string[] = [];
  for (const { id, lostAt, seen, inFlight } of state.workers.all()) {
    if (lostAt === undefined && (seen !== undefined || inFlight.size > 0)) present.push(id);
  }
  return present;
}

function unlistedAttempts(
  state: PartitionState,
  liveness: WorkerLiveness,
  publish: PublishAccepted,
  now: Instant,
): { unlisted: Attempt[]; publishAgain: Attempt[] } {
  const unlisted: Attempt[] = [];
  const publishAgain: Attempt[] = [];
  if (!liveness.isAtEnd) return { unlisted, publishAgain };
  for (const worker of state.workers.all()) {
    for (const attempt of worker.inFlight) {
      if (attempt.dispatchedAt > now - youngMs && publish.unlistedMs(attempt) < publishAgainMs) continue;
      const unlistedMs = publish.unlistedMs(attempt);
      if (attempt.startedAt !== undefined && Math.min(unlistedMs, liveness.heardMs) > liveness.sessionMs) {
        if (unlisted.length < limits.frameItemsMax) unlisted.push(attempt);
      } else if (attempt.startedAt === undefined && unlistedMs >= publishAgainMs) publishAgain.push(attempt);
    }
  }
  return { unlisted, publishAgain };
}

function recall(state: PartitionState, reason: RecallReason, attempts: readonly Attempt[]): Event {
  const entries = attempts.map(({ run, task, number, claim }) => ({
    run: run.id,
    task,
    attempt: number,
    ...(claim !== undefined && { claim }),
  }));
  return { type: 'TasksRecalled', epoch: state.epoch, reason, entries };
}
