import type { Outcome, TaskFinished } from '../event/event.js';
import type { Attempt } from '../run/run.js';
import { closeAttempt, endTask } from './end-task.js';
import { failAttempt } from './fail-attempt.js';
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
    else failAttempt(folding, attempt, move, outcome);
  },
};

function succeed(folding: Folding, { run, task }: Attempt, move: Move, outcome: Outcome & { kind: 'succeeded' }): void {
  const { result } = outcome;
  const hasChildren = run.dag.childFrom[task] !== run.dag.childFrom[task + 1];
  if (result !== undefined && hasChildren) run.keepResult(task, result);
  endTask(folding, run, task, 'succeeded', result === undefined ? move : { ...move, result }, outcome.taken);
}
