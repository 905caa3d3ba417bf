import type { RecallEntry, RecallReason, TasksRecalled } from '../event/event.js';
import { closeAttempt, endTask } from './end-task.js';
import { attemptOf, judgeAttempt } from './find-attempt.js';
import { judgeEpoch, type PluralFold } from './folding.js';
import { returnTask } from './return-task.js';
import { suspect } from './suspicion.js';

export const tasksRecalled: PluralFold<TasksRecalled, RecallEntry> = {
  entries: (event) => event.entries,
  judge: judgeEpoch,
  judgeEntry(state, { reason }, entry) {
    const fault = judgeAttempt(state, entry);
    if (fault !== undefined) return fault;
    const { claim, startedAt } = attemptOf(state, entry);
    if (claim !== entry.claim) return 'claim-changed';
    return isReturn(reason) && startedAt === undefined ? 'not-started' : undefined;
  },
  applyEntry(folding, { reason }, entry) {
    const attempt = attemptOf(folding.state, entry);
    if (reason === 'blocked') suspect(attempt.run, attempt.task);
    if (isReturn(reason)) return returnTask(folding, attempt, reason);
    const message =
      reason === 'input-too-large'
        ? 'Expected what names the parents and their results to fit into 512 KiB, but it is longer. Put a task between that joins some of them.'
        : 'Expected the task topics of the queue to exist, but they are gone.';
    const move = { ...closeAttempt(folding, attempt), reason, error: { name: reason, message } };
    endTask(folding, attempt.run, attempt.task, 'failed', move);
  },
};

/** Back to the queue; every other reason is the end. */
function isReturn(reason: RecallReason): boolean {
  return reason === 'unlisted' || reason === 'blocked';
}
