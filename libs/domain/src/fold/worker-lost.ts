import type { WorkerLost } from '../event/event.js';
import { judgeEpoch, type EventFold } from './folding.js';
import { returnTask } from './return-task.js';
import { witnessDeath } from './suspicion.js';

/**
 * Final for that incarnation. Everything it had in flight goes back to the queue in the order of
 * dispatch; where it did not leave by itself, any of that may have ended it.
 */
export const workerLost: EventFold<WorkerLost> = {
  judge(state, event) {
    const worker = state.workers.get(event.worker);
    if (worker?.lostAt !== undefined) return 'worker-lost';
    return judgeEpoch(state, event) ?? (worker === undefined ? 'worker-unknown' : undefined);
  },
  apply(folding, { worker: id, left }) {
    const worker = folding.state.workers.know(id);
    worker.lostAt = folding.at;
    worker.seen = undefined;
    for (const attempt of [...worker.inFlight]) {
      if (left !== true) witnessDeath(attempt.run, attempt.task);
      returnTask(folding, attempt, 'worker-lost');
    }
  },
};
