import { isTerminal, partitionOfRun } from '@millrace/domain';
import type { RunView, TaskRunView, WaitsFor } from '@millrace/protocol';
import type { WorkerDirectory } from './worker-directory.js';

/** What of the run counts here. */
export type WaitingRun = Pick<RunView, 'id' | 'status' | 'pausedAt'>;

/**
 * Why a task run does not move, in the words of domain's `whyWaiting`; undefined for one that has ended. Of rows and heartbeats, since
 * the state is the owner's: whose turn it is among what waits, and which sweep comes next, only the owner knows.
 */
export function waitsFor(
  task: TaskRunView,
  run: WaitingRun,
  directory: WorkerDirectory,
  now: number,
): WaitsFor | undefined {
  if (isTerminal(task.status)) return undefined;
  if (run.status !== 'running')
    return { reason: 'sweep', detail: 'Its run has ended; what is left of it is ended in slices.' };
  const attempt = `Attempt ${task.attempt}`;
  const worker = task.worker ?? 'unknown';
  switch (task.status) {
    case 'pending':
      return { reason: 'parents', detail: 'The tasks that it depends on have not ended as its join asks.' };
    case 'scheduled':
      return { reason: 'time', detail: `Queued at ${task.dueAt ?? 'its time'}.` };
    case 'backing_off':
      return { reason: 'back-off', detail: `Tried again after ${task.dueAt ?? 'its back-off'}.` };
    case 'dispatched':
      return { reason: 'start', detail: `${attempt} is with worker ${worker}, whose start of it is not in the log.` };
    case 'running':
      return {
        reason: 'handler',
        detail: `${attempt} runs in worker ${worker} since ${task.startedAt ?? 'its start'}.`,
      };
    default:
      return queuedFor(task, run, directory, now);
  }
}

function queuedFor(
  { handler, queue }: TaskRunView,
  run: WaitingRun,
  directory: WorkerDirectory,
  now: number,
): WaitsFor {
  if (run.pausedAt !== null)
    return { reason: 'paused', detail: `Its run is paused since ${run.pausedAt}. Resume the run.` };
  if (directory.isStale(now)) return { reason: 'workers-unknown', detail: 'The heartbeats of workers cannot be read.' };
  const { workers, free } = directory.serving(handler, queue, partitionOfRun(run.id), now);
  if (workers === 0)
    return { reason: 'no-worker-serves-handler', detail: `No worker serves ${handler} in queue ${queue}. Start one.` };
  if (free === 0)
    return {
      reason: 'no-credit',
      detail: `All workers that serve it (${workers}) are full or drain: an end makes room.`,
    };
  const have = `${free} of ${workers} workers that serve it have room.`;
  return { reason: 'decision', detail: `${have} Its turn comes by band, share and age.` };
}
