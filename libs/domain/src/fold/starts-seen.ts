import type { StartEntry, StartsSeen } from '../event/event.js';
import { attemptOf, judgeAttempt } from './find-attempt.js';
import { judgeEpoch, type PluralFold } from './folding.js';
import { startAttempt } from './start-attempt.js';

/** A start that the owner read from a heartbeat counts like one that the worker logged itself. */
export const startsSeen: PluralFold<StartsSeen, StartEntry> = {
  entries: (event) => event.entries,
  judge: judgeEpoch,
  judgeEntry(state, _event, entry) {
    const fault = judgeAttempt(state, entry);
    if (fault !== undefined) return fault;
    if (state.workers.isLost(entry.worker)) return 'worker-lost';
    const { claim, startedAt } = attemptOf(state, entry);
    if (claim !== undefined) return 'already-claimed';
    return startedAt === undefined ? undefined : 'already-started';
  },
  applyEntry(folding, _event, entry) {
    const attempt = attemptOf(folding.state, entry);
    startAttempt(folding, attempt, entry.worker, Math.max(attempt.dispatchedAt, folding.at - entry.runningMs));
  },
};
