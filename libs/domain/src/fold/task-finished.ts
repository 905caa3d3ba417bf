import type { Outcome, TaskFinished } from '../event/event.js';
import type { Attempt } from '../run/run.js';
import { closeAttempt, endTask, moveTask } from './end-task.js';
import { failAttempt } from './fail-attempt.js';
import { attemptOf, judgeReport } from './find-attempt.js';
import type { Move } from './fold-sink.js';
import type { EventFold, Folding } from './folding.js';
import { acquit, ownDeath } from './suspicion.js';

/** The first terminal report of the current attempt wins. */
export const taskFinished: EventFold<TaskFinished> = {
  judge: judgeReport,
  apply(folding, event) {
    const attempt = attemptOf(folding.state, event);
    const { startedAt, finishedAt, worker, outcome } = event;
    const move = { ...closeAttempt(folding, attempt), worker, startedAt, finishedAt };
    if (outcome.kind === 'succeeded') succeed(folding, attempt, move, outcome);
    else if (outcome.kind === 'died') endInOwnProcess(folding, attempt, move, outcome);
    else failAttempt(folding, attempt, move, outcome);
  },
};

function endInOwnProcess(
  folding: Folding,
  { run, task }: Attempt,
  told: Move,
  { error }: Outcome & { kind: 'died' },
): void {
  const move = { ...told, error };
  if (ownDeath(run, task)) endTask(folding, run, task, 'dead_lettered', { ...move, reason: 'poison' });
  else moveTask(folding, run, task, 'queued', { ...move, reason: 'died' });
}

function succeed(folding: Folding, { run, task }: Attempt, move: Move, outcome: Outcome & { kind: 'succeeded' }): void {
  acquit(run, task);
  const { result } = outcome;
  const hasChildren = run.dag.childFrom[task] !== run.dag.childFrom[task + 1];
  if (result !== undefined && hasChildren) run.keepResult(task, result);
  endTask(folding, run, task, 'succeeded', result === undefined ? move : { ...move, result }, outcome.taken);
}
