import type { PartitionState, StartEntry, StartsSeen } from '@millrace/domain';
import { limits } from '@millrace/protocol';
import { listedRunning } from './listed-running.js';
import type { WorkerLiveness } from './worker-liveness.js';

/** A worker logs the start of what runs for a second itself, unless a handler blocks it. */
const seenMs = 5_000;

/** Attempts that a living worker lists as running and whose start nobody has logged; undefined where there are none. */
export function startsSeen(state: PartitionState, partition: number, liveness: WorkerLiveness): StartsSeen | undefined {
  const entries: StartEntry[] = [];
  for (const { heartbeat, entry, attempt } of listedRunning(state, partition, liveness, seenMs)) {
    if (attempt.startedAt !== undefined || entry.nonce !== undefined) continue;
    const { run, task, attempt: number, runningMs } = entry;
    entries.push({ run, task, attempt: number, worker: heartbeat.id, runningMs });
    if (entries.length === limits.frameItemsMax) break;
  }
  return entries.length === 0 ? undefined : { type: 'StartsSeen', epoch: state.epoch, entries };
}
