import type { TaskRunView, WaitsFor } from '@millrace/protocol';
import type { WorkerDirectory } from './worker-directory.js';

/** Why a task run does not move; undefined for one that has ended. `pausedAt`: since when its run is paused, or null. */
export function waitsFor(
  task: TaskRunView,
  pausedAt: string | null,
  directory: WorkerDirectory,
  now: number,
): WaitsFor | undefined {
  switch (task.status) {
    case 'pending':
      return { reason: 'parents', detail: 'The tasks that it depends on have not ended as its join asks.' };
    case 'scheduled':
      return { reason: 'time', detail: `Queued at ${task.dueAt ?? 'its time'}.` };
    case 'backing_off':
      return { reason: 'back-off', detail: `Tried again after ${task.dueAt ?? 'its back-off'}.` };
    case 'dispatched':
    case 'running':
      return { reason: 'worker', detail: `Attempt ${task.attempt} is with worker ${task.worker ?? 'unknown'}.` };
    case 'queued':
      if (pausedAt !== null)
        return { reason: 'paused', detail: `Its run is paused since ${pausedAt}. Resume the run.` };
      return queuedFor(task, directory, now);
    default:
      return undefined;
  }
}

function queuedFor({ handler, queue }: TaskRunView, directory: WorkerDirectory, now: number): WaitsFor {
  if (directory.isStale(now)) return { reason: 'workers-unknown', detail: 'The heartbeats of workers cannot be read.' };
  const workers = directory.serving(handler, queue, now);
  if (workers > 0)
    return { reason: 'worker-has-no-credit', detail: `${workers} workers serve it and take it when free.` };
  return { reason: 'no-worker-serves-handler', detail: `No worker serves ${handler} in queue ${queue}. Start one.` };
}
