import type { WorkerSeen, WorkersSeen } from '../event/event.js';
import { judgeEpoch, type PluralFold } from './folding.js';

export const workersSeen: PluralFold<WorkersSeen, WorkerSeen> = {
  entries: (event) => event.workers,
  judge: judgeEpoch,
  judgeEntry: (state, _event, entry) => (state.workers.isLost(entry.worker) ? 'worker-lost' : undefined),
  applyEntry({ state, at }, _event, entry) {
    if (state.workers.get(entry.worker)?.seen === undefined) state.workers.forgetOver(at);
    state.workers.know(entry.worker).seen = entry;
  },
};
