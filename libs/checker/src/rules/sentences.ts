import type { RunId, TaskIndex } from '@millrace/domain';

/** Names a task run, and its attempt where one is meant. */
export function attemptText({ run, task, attempt }: { run: RunId; task: TaskIndex; attempt?: number }): string {
  return `task ${task} of run ${run}${attempt === undefined ? '' : `, attempt ${attempt},`}`;
}
