import type { PlannedTask } from '../dag/dag.js';
import type { AttemptsOverran, OverrunEntry } from '../event/event.js';
import { closeAttempt } from './end-task.js';
import { failAttempt } from './fail-attempt.js';
import { attemptOf, judgeAttempt } from './find-attempt.js';
import { judgeEpoch, type PluralFold } from './folding.js';
import { suspect } from './suspicion.js';

/** A failed execution like one that its worker ended at start-to-close itself. */
export const attemptsOverran: PluralFold<AttemptsOverran, OverrunEntry> = {
  entries: (event) => event.entries,
  judge: judgeEpoch,
  judgeEntry(state, _event, entry) {
    const fault = judgeAttempt(state, entry);
    if (fault !== undefined) return fault;
    const { run, claim, startedAt, worker } = attemptOf(state, entry);
    if (claim !== entry.claim) return 'claim-changed';
    if (startedAt !== undefined && worker !== entry.worker) return 'already-started';
    const { startToCloseMs, heartbeatTimeoutMs = Infinity } = run.task(entry.task);
    const isEarly =
      entry.silentMs === undefined ? entry.runningMs < startToCloseMs : entry.silentMs < heartbeatTimeoutMs;
    return isEarly ? 'too-early' : undefined;
  },
  applyEntry(folding, _event, entry) {
    const attempt = attemptOf(folding.state, entry);
    const move = { ...closeAttempt(folding, attempt), worker: entry.worker };
    const error = errorOf(attempt.run.task(attempt.task), entry);
    suspect(attempt.run, attempt.task);
    failAttempt(folding, attempt, move, { kind: 'timed_out', error, chance: entry.chance });
  },
};

function errorOf(
  { startToCloseMs, heartbeatTimeoutMs }: PlannedTask,
  { runningMs, silentMs }: OverrunEntry,
): { readonly name: string; readonly message: string } {
  if (silentMs === undefined) {
    const message = `Expected its worker to end it after ${startToCloseMs} ms, but it had run for ${runningMs} ms.`;
    return { name: 'StartToCloseExceeded', message };
  }
  const message = `Expected its handler to call heartbeat every ${heartbeatTimeoutMs} ms, but it was silent for ${silentMs} ms.`;
  return { name: 'HeartbeatTimeout', message };
}
