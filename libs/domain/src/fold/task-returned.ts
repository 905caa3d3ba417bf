import type { TaskReturned } from '../event/event.js';
import { attemptOf, judgeReport } from './find-attempt.js';
import type { EventFold } from './folding.js';
import { returnTask } from './return-task.js';

/** What one worker has started another cannot return: it was given a copy after a rebalance. */
export const taskReturned: EventFold<TaskReturned> = {
  judge(state, event) {
    const fault = judgeReport(state, event);
    if (fault !== undefined) return fault;
    const { startedAt, worker } = attemptOf(state, event);
    return startedAt === undefined || worker === event.worker ? undefined : 'already-started';
  },
  apply(folding, event) {
    returnTask(folding, attemptOf(folding.state, event), event.reason);
  },
};
