import type { Outcome } from '../event/event.js';
import type { Attempt } from '../run/run.js';
import { retryAt } from '../task/retry-policy.js';
import { endTask, moveTask, setDue } from './end-task.js';
import type { Move } from './fold-sink.js';
import type { Folding } from './folding.js';
import { acquit } from './suspicion.js';

/** An execution failed: its task run backs off until the next one, or ends where the budget is spent or no retry could help. */
export function failAttempt(
  folding: Folding,
  { run, task }: Attempt,
  told: Move,
  outcome: Exclude<Outcome, { kind: 'succeeded' | 'died' }>,
): void {
  if (outcome.kind === 'failed') acquit(run, task);
  const { retry } = run.task(task);
  const failures = run.failuresOf(task) + 1;
  run.setFailures(task, failures);
  const move = { ...told, error: outcome.error, reason: outcome.kind };
  if (outcome.kind === 'failed' && (!outcome.retryable || retry.nonRetryable?.includes(outcome.error.name) === true)) {
    return endTask(folding, run, task, 'failed', move);
  }
  const dueAt = retryAt(retry, failures, folding.at, outcome);
  if (failures >= retry.failuresMax || dueAt > (run.retryBy.get(task) ?? Infinity)) {
    return endTask(folding, run, task, outcome.kind === 'timed_out' ? 'timed_out' : 'dead_lettered', move);
  }
  moveTask(folding, run, task, 'backing_off', { ...move, dueAt });
  setDue(folding, run, task, dueAt);
}
