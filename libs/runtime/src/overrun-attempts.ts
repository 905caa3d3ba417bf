import {
  chanceMax,
  type Attempt,
  type AttemptsOverran,
  type OverrunEntry,
  type PartitionState,
} from '@millrace/domain';
import { limits, type ListedDelivery, type WorkerHeartbeat } from '@millrace/protocol';
import { listedRunning } from './listed-running.js';
import type { WorkerLiveness } from './worker-liveness.js';

/** A worker ends an execution at start-to-close itself: its report has this long to arrive before the owner says it. */
export const overrunGraceMs = 5_000;

export interface Overrun {
  /** Undefined where there are none. */
  readonly event: AttemptsOverran | undefined;
  /** What a blocked worker cannot end although another handler blocks it: no failure of its own. */
  readonly blocked: readonly Attempt[];
}

/** Attempts that a living worker lists as running or silent for longer than they may: what a heartbeat does not list is no evidence. */
export function overrunAttempts(
  state: PartitionState,
  partition: number,
  liveness: WorkerLiveness,
  draw: () => number,
): Overrun {
  const entries: OverrunEntry[] = [];
  const blocked: Attempt[] = [];
  for (const { heartbeat, entry, attempt } of listedRunning(state, partition, liveness, overrunGraceMs)) {
    const { run, task, attempt: number, nonce, runningMs, silentMs = 0 } = entry;
    const { startToCloseMs, heartbeatTimeoutMs = Infinity } = attempt.run.task(task);
    const isSilent = silentMs >= heartbeatTimeoutMs + overrunGraceMs;
    if (!isSilent && runningMs < startToCloseMs + overrunGraceMs) continue;
    const silence = isSilent ? { silentMs } : {};
    const claim = nonce === undefined ? {} : { claim: nonce };
    if (isBlockedByAnother(heartbeat, entry)) blocked.push(attempt);
    else
      entries.push({
        run,
        task,
        attempt: number,
        worker: heartbeat.id,
        ...claim,
        runningMs,
        ...silence,
        chance: draw(),
      });
    if (entries.length === limits.frameItemsMax || blocked.length === limits.frameItemsMax) break;
  }
  const event: AttemptsOverran = { type: 'AttemptsOverran', epoch: state.epoch, entries };
  return { event: entries.length === 0 ? undefined : event, blocked };
}

/** The handler that was called and has not returned blocks, or the only one that runs. */
function isBlockedByAnother({ blockedMs, deliveries }: WorkerHeartbeat, { blocks }: ListedDelivery): boolean {
  if (blockedMs === undefined || blocks === true) return false;
  return deliveries.filter(({ state }) => state === 'running').length > 1;
}

/** A chance from 0 to 1,000,000 out of hex digits of chance. */
export function drawOf(digits: string): number {
  return Number.parseInt(digits.slice(0, 12), 16) % (chanceMax + 1);
}
