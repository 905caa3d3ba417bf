import { isInFlight, partitionOfRun, type Attempt, type PartitionState } from '@millrace/domain';
import type { ListedDelivery, WorkerHeartbeat } from '@millrace/protocol';
import type { WorkerLiveness } from './worker-liveness.js';

export interface ListedRunning {
  readonly heartbeat: WorkerHeartbeat;
  readonly entry: ListedDelivery & { readonly runningMs: number };
  readonly attempt: Attempt;
}

/**
 * Current attempts of a partition that a living worker lists as running for at least `ranMs`, under the claim that holds
 * and started by nobody else.
 */
export function* listedRunning(
  state: PartitionState,
  partition: number,
  liveness: WorkerLiveness,
  ranMs: number,
): Generator<ListedRunning> {
  for (const { heartbeat } of liveness.living()) {
    for (const entry of heartbeat.deliveries) {
      const { run: id, task, runningMs = 0 } = entry;
      if (entry.state !== 'running' || runningMs < ranMs || partitionOfRun(id) !== partition) continue;
      const run = state.runs.get(id);
      if (run === undefined || !run.has(task) || !isInFlight(run.statusOf(task))) continue;
      const attempt = run.inFlight.get(task)!;
      if (attempt.number !== entry.attempt || attempt.claim !== entry.nonce) continue;
      if (attempt.startedAt !== undefined && attempt.worker !== heartbeat.id) continue;
      yield { heartbeat, entry: { ...entry, runningMs }, attempt };
    }
  }
}
