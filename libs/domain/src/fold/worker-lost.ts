import type { WorkerLost } from '../event/event.js';
import { judgeEpoch, type EventFold } from './folding.js';
import { returnTask } from './return-task.js';

/** Final for that incarnation. Everything it had in flight goes back to the queue in the order of dispatch. */
export const workerLost: EventFold<WorkerLost> = {
  judge(state, event) {
    const worker = state.workers.get(event.worker);
    if (worker?.lostAt !== undefined) return 'worker-lost';
    return judgeEpoch(state, event) ?? (worker === undefined ? 'worker-unknown' : undefined);
  },
  apply(folding, event) {
    const worker = folding.state.workers.know(event.worker);
    worker.lostAt = folding.at;
    worker.seen = undefined;
    for (const attempt of [...worker.inFlight]) returnTask(folding, attempt, 'worker-lost');
  },
};
