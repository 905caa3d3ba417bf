import type { Outcome, TaskFinished } from '../event/event.js';
import type { Attempt } from '../run/run.js';
import { retryAt } from '../task/retry-policy.js';
import { closeAttempt, endTask, moveTask, setDue } from './end-task.js';
import { attemptOf, judgeReport } from './find-attempt.js';
import type { Move } from './fold-sink.js';
import type { EventFold, Folding } from './folding.js';

/** The first terminal report of the current attempt wins. */
export const taskFinished: EventFold<TaskFinished> = {
  judge: judgeReport,
  apply(folding, event) {
    const attempt = attemptOf(folding.state, event);
    const { startedAt, finishedAt, worker, outcome } = event;
    const move = { ...closeAttempt(folding, attempt), worker, startedAt, finishedAt };
    if (outcome.kind === 'succeeded') succeed(folding, attempt, move, outcome);
    else fail(folding, attempt, move, outcome);
  },
};

function succeed(folding: Folding, { run, task }: Attempt, move: Move, outcome: Outcome & { kind: 'succeeded' }): void {
  const { result } = outcome;
  const hasChildren = run.dag.childFrom[task] !== run.dag.childFrom[task + 1];
  if (result !== undefined && hasChildren) run.results.set(task, result);
  endTask(folding, run, task, 'succeeded', result === undefined ? move : { ...move, result });
}

function fail(
  folding: Folding,
  { run, task }: Attempt,
  told: Move,
  outcome: Exclude<Outcome, { kind: 'succeeded' }>,
): void {
  const { retry } = run.task(task);
  const failures = (run.failures[task]! += 1);
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
