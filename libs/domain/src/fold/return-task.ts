import type { Attempt } from '../run/run.js';
import { closeAttempt, moveTask } from './end-task.js';
import type { Folding } from './folding.js';

/** The attempt is over without an end: its task run goes back to the queue and no retry is burnt. */
export function returnTask(folding: Folding, attempt: Attempt, reason: string): void {
  const move = closeAttempt(folding, attempt);
  moveTask(folding, attempt.run, attempt.task, 'queued', { ...move, reason });
}
