import type { Instant, WorkerId } from '../ids.js';
import type { Attempt } from '../run/run.js';
import { moveTask } from './end-task.js';
import type { Folding } from './folding.js';

/**
 * The attempt runs: at the worker that says so, whoever it was dispatched to.
 *
 * @param startedAt when the handler began, by the worker's clock.
 */
export function startAttempt(folding: Folding, attempt: Attempt, worker: WorkerId, startedAt: Instant): void {
  const { state, at } = folding;
  attempt.startedAt = at;
  if (attempt.worker !== worker) {
    state.workers.get(attempt.worker)?.inFlight.delete(attempt);
    attempt.worker = worker;
    state.workers.know(worker).inFlight.add(attempt);
  }
  const { number, dispatchedAt } = attempt;
  moveTask(folding, attempt.run, attempt.task, 'running', { at, attempt: number, worker, dispatchedAt, startedAt });
}
