import type { WorkerSeen, WorkersSeen } from '../event/event.js';
import { judgeEpoch, type PluralFold } from './folding.js';

export const workersSeen: PluralFold<WorkersSeen, WorkerSeen> = {
  entries: (event) => event.workers,
  judge: judgeEpoch,
  judgeEntry: (state, _event, entry) => (state.workers.isLost(entry.worker) ? 'worker-lost' : undefined),
  applyEntry({ state, at }, _event, entry) {
    state.workers.forgetLost(at);
    state.workers.know(entry.worker).seen = entry;
  },
};
