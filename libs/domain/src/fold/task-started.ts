import type { TaskStarted } from '../event/event.js';
import { attemptOf, judgeAttempt } from './find-attempt.js';
import type { EventFold } from './folding.js';
import { startAttempt } from './start-attempt.js';

/** With a nonce it is a claim: the first one holds. Without, the worker says that it runs what it was given. */
export const taskStarted: EventFold<TaskStarted> = {
  judge(state, event) {
    const fault = judgeAttempt(state, event);
    if (fault !== undefined) return fault;
    if (state.workers.isLost(event.worker)) return 'worker-lost';
    const { claim, startedAt } = attemptOf(state, event);
    if (claim !== undefined) return claim === event.nonce ? 'already-yours' : 'already-claimed';
    return startedAt === undefined ? undefined : 'already-started';
  },
  apply(folding, event) {
    const attempt = attemptOf(folding.state, event);
    attempt.claim = event.nonce;
    startAttempt(folding, attempt, event.worker, event.startedAt);
  },
};
