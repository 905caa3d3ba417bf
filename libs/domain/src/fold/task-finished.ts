import { jsonBytes } from '../event/event-address.js';
import type { Outcome, TaskFinished } from '../event/event.js';
import type { TaskIndex } from '../ids.js';
import type { Json } from '../json.js';
import type { Attempt, Run } from '../run/run.js';
import { closeAttempt, endTask, moveTask } from './end-task.js';
import { failAttempt } from './fail-attempt.js';
import { attemptOf, judgeReport } from './find-attempt.js';
import type { Move } from './fold-sink.js';
import type { EventFold, Folding } from './folding.js';
import { acquit, ownDeath } from './suspicion.js';

/** Of a longer result, as JSON, the state keeps only the address, ... */
export const nearResultBytesMax = 4 * 1024;
/** ... of one longer than the even share in this of a child's parents, ... */
export const nearParentsBytesMax = 128 * 1024;
/** ... and of every further one of a run whose results in the state are as long as this together. */
export const runResultBytesMax = 16 * 1024 * 1024;

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
  if (result !== undefined && hasChildren) keepResult(folding, run, task, result);
  endTask(folding, run, task, 'succeeded', result === undefined ? move : { ...move, result }, outcome.taken);
}

/**
 * Results up to 4 KiB live in the state, at most 16 MiB of a run, and such that those which one child gets never have over
 * 128 KiB together; of others it keeps where they stand in the log.
 */
function keepResult({ offset, index }: Folding, run: Run, task: TaskIndex, result: Json): void {
  const bytes = jsonBytes(result);
  if (bytes > nearBytesMax(run, task) || run.resultBytes + bytes > runResultBytesMax) {
    run.keepFarResult(task, { offset, index, bytes });
    return;
  }
  run.resultBytes += bytes;
  run.keepResult(task, result);
}

function nearBytesMax({ dag }: Run, task: TaskIndex): number {
  const { childFrom, children, parentFrom } = dag;
  let parentsMax = 1;
  for (let edge = childFrom[task]!; edge < childFrom[task + 1]!; edge++) {
    const child = children[edge]!;
    parentsMax = Math.max(parentsMax, parentFrom[child + 1]! - parentFrom[child]!);
  }
  return Math.min(nearResultBytesMax, Math.floor(nearParentsBytesMax / parentsMax));
}
