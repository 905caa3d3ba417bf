import type { TaskStarted } from '../event/event.js';
import { moveTask } from './end-task.js';
import { attemptOf, judgeAttempt } from './find-attempt.js';
import type { EventFold } from './folding.js';

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
    const { state, at } = folding;
    const attempt = attemptOf(state, event);
    attempt.startedAt = at;
    attempt.claim = event.nonce;
    if (attempt.worker !== event.worker) {
      state.workers.get(attempt.worker)?.inFlight.delete(attempt);
      attempt.worker = event.worker;
      state.workers.know(event.worker).inFlight.add(attempt);
    }
    const { number, worker, dispatchedAt } = attempt;
    const move = { at, attempt: number, worker, dispatchedAt, startedAt: event.startedAt };
    moveTask(folding, attempt.run, attempt.task, 'running', move);
  },
};
