import type { TaskIndex } from '../ids.js';
import { later } from '../instant.js';
import type { Run } from '../run/run.js';
import { isInFlight, isTerminal, type TaskStatus } from '../task/task-status.js';
import { closeAttempt, endTask } from './end-task.js';
import type { Folding } from './folding.js';

/**
 * Keeps a task run's deadlines by the edge that it has just taken. Schedule-to-start counts from each queueing to the start
 * of the attempt: what comes back from a worker that had not started it still waits under its first deadline.
 * Schedule-to-close, and the total budget of retries, count from the first queueing.
 */
export function keepDeadlines(
  { state, at }: Folding,
  run: Run,
  task: TaskIndex,
  from: TaskStatus,
  to: TaskStatus,
): void {
  const { scheduleToStartMs, scheduleToCloseMs, retry } = run.task(task);
  if (scheduleToStartMs !== undefined) {
    if (to !== 'queued' && to !== 'dispatched') run.dropInstant('startBy', task);
    else if (!run.startBy.has(task)) {
      const deadline = later(at, scheduleToStartMs);
      run.setInstant('startBy', task, deadline);
      state.timers.set({ at: deadline, run, task, kind: 'start-by' });
    }
  }
  const isQueuedFirst = to === 'queued' && (from === 'pending' || from === 'scheduled');
  if (retry.totalMs !== undefined) {
    if (isTerminal(to)) run.dropInstant('retryBy', task);
    else if (isQueuedFirst) run.setInstant('retryBy', task, later(at, retry.totalMs));
  }
  if (scheduleToCloseMs === undefined) return;
  if (isTerminal(to)) run.dropInstant('closeBy', task);
  else if (isQueuedFirst) {
    const deadline = later(at, scheduleToCloseMs);
    run.setInstant('closeBy', task, deadline);
    state.timers.set({ at: deadline, run, task, kind: 'close-by' });
  }
}

/** The task run's deadline has come: it has timed out, also while a worker has it. */
export function timeOutTask(folding: Folding, run: Run, task: TaskIndex, kind: 'start-by' | 'close-by'): void {
  const attempt = isInFlight(run.statusOf(task)) ? run.inFlight.get(task) : undefined;
  const { scheduleToStartMs, scheduleToCloseMs } = run.task(task);
  const move =
    attempt === undefined ? { at: folding.at, attempt: run.attemptNumberOf(task) } : closeAttempt(folding, attempt);
  const told =
    kind === 'start-by'
      ? {
          reason: 'schedule-to-start',
          error: {
            name: 'ScheduleToStartTimeout',
            message: `Expected a worker to start it within ${scheduleToStartMs} ms of its queueing, but none did.`,
          },
        }
      : {
          reason: 'schedule-to-close',
          error: {
            name: 'ScheduleToCloseTimeout',
            message: `Expected it to end within ${scheduleToCloseMs} ms of its first queueing, but it did not.`,
          },
        };
  endTask(folding, run, task, 'timed_out', { ...move, ...told });
}
