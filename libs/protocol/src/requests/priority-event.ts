import type { Band, PriorityRequested, RunId, TaskIndex } from '@millrace/domain';

/** What the log is told where somebody gives a run, or the one task run with index `task`, another band. */
export function priorityEvent(run: RunId, command: string, band: Band, task: TaskIndex | undefined): PriorityRequested {
  return { type: 'PriorityRequested', run, ...(task === undefined ? {} : { task }), band, command };
}
