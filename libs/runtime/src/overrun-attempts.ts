import {
  chanceMax,
  isInFlight,
  partitionOfRun,
  type AttemptsOverran,
  type OverrunEntry,
  type PartitionState,
} from '@millrace/domain';
import { limits } from '@millrace/protocol';
import type { WorkerLiveness } from './worker-liveness.js';

/** A worker ends an execution at start-to-close itself: its report has this long to arrive before the owner says it. */
export const overrunGraceMs = 5_000;

/** Attempts that a living worker lists as running for longer than their start-to-close; undefined where there are none. */
export function overrunAttempts(
  state: PartitionState,
  partition: number,
  liveness: WorkerLiveness,
  draw: () => number,
): AttemptsOverran | undefined {
  const entries: OverrunEntry[] = [];
  for (const { heartbeat } of liveness.living()) {
    for (const { run: id, task, attempt, nonce, state: phase, runningMs = 0 } of heartbeat.deliveries) {
      if (phase !== 'running' || runningMs <= overrunGraceMs || partitionOfRun(id) !== partition) continue;
      const run = state.runs.get(id);
      if (run === undefined || !run.has(task) || !isInFlight(run.statusOf(task))) continue;
      const current = run.inFlight.get(task)!;
      if (runningMs < run.task(task).startToCloseMs + overrunGraceMs) continue;
      if (current.number !== attempt || current.claim !== nonce) continue;
      if (current.startedAt !== undefined && current.worker !== heartbeat.id) continue;
      const claim = nonce === undefined ? {} : { claim: nonce };
      entries.push({ run: id, task, attempt, worker: heartbeat.id, ...claim, runningMs, chance: draw() });
      if (entries.length === limits.frameItemsMax) return { type: 'AttemptsOverran', epoch: state.epoch, entries };
    }
  }
  return entries.length === 0 ? undefined : { type: 'AttemptsOverran', epoch: state.epoch, entries };
}

/** A chance from 0 to 1,000,000 out of hex digits of chance. */
export function drawOf(digits: string): number {
  return Number.parseInt(digits.slice(0, 12), 16) % (chanceMax + 1);
}
