import { MillraceError } from '@millrace/client';
import type { WorkflowDefinition } from '@millrace/domain';
import { taskRunList, type RunDetail, type TaskRunList, type TaskRunView } from '@millrace/protocol';
import { readApi } from './api-pages.js';
import { findWorkflow } from './find-workflow.js';
import { drawnTasksMax } from './output/dag/dag-page.js';

/** The definition of a run; undefined for a single task, a sentence where it is too large or not there now. */
export async function definitionOfRun(
  apiUrl: string,
  { run }: RunDetail,
): Promise<WorkflowDefinition | string | undefined> {
  if (run.workflow === null || run.version === null) return undefined;
  if (run.taskCount > drawnTasksMax) {
    return `A DAG of ${run.taskCount} tasks is not drawn, ${drawnTasksMax} at most: npx millrace workflow show ${run.version.slice(0, 12)}`;
  }
  try {
    return (await findWorkflow(apiUrl, run.version)).definition;
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return `The DAG is not known now: ${error.detail}`;
  }
}

/** Every task run, page by page: those that came with the run, and what follows. Throws `MillraceError`. */
export async function allTaskRuns(
  apiUrl: string,
  { run, tasks, tasksNext }: RunDetail,
): Promise<readonly TaskRunView[]> {
  const all = [...tasks];
  let cursor = tasksNext;
  while (cursor !== null && all.length < drawnTasksMax) {
    const path = `runs/${encodeURIComponent(run.id)}/tasks?limit=200&cursor=${encodeURIComponent(cursor)}`;
    const page: TaskRunList = await readApi(apiUrl, path, taskRunList);
    all.push(...page.tasks);
    cursor = page.next;
  }
  return all;
}
