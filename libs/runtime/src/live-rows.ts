import type { PartitionState, Run, RunId, TaskIndex } from '@millrace/domain';
import { newRunRow, newTaskRow } from './new-rows.js';
import type { RunRow, TaskRunRow } from './ports.js';

/** Rows of one live run's task runs, or of 1,000 of them: each as what differs from a task run that has not moved yet. */
export interface LiveRowsPart {
  readonly run: RunId;
  readonly from: TaskIndex;
  readonly tasks: readonly Partial<TaskRunRow>[];
}

const tasksPerPart = 1_000;

/** Rows as parts of a snapshot: without whatever follows from the run in the state beside them. */
export function* tellRows(all: Iterable<{ run: Run; tasks: readonly TaskRunRow[] }>): Generator<LiveRowsPart> {
  for (const { run, tasks } of all) {
    for (let from = 0; from < tasks.length; from += tasksPerPart) {
      const told = tasks.slice(from, from + tasksPerPart).map((row) => {
        const usual = newTaskRow(run, row.task, row.partition, run.requestedAt);
        const names = Object.keys(usual) as (keyof TaskRunRow)[];
        return Object.fromEntries(names.flatMap((name) => (row[name] === usual[name] ? [] : [[name, row[name]]])));
      });
      yield { run: run.id, from, tasks: told };
    }
  }
}

/** The rows again. Throws where they are not those of this state's runs. */
export function untellRows(
  state: PartitionState,
  partition: number,
  parts: readonly LiveRowsPart[],
): { run: Run; row: RunRow; tasks: TaskRunRow[] }[] {
  const told = new Map<RunId, TaskRunRow[]>();
  for (const { run: id, from, tasks } of parts) {
    const run = state.runs.get(id);
    if (run === undefined) throw new Error(`Expected run ${id} to live, but the state of the snapshot has none.`);
    const rows = tasks.map((each, index) => ({
      ...newTaskRow(run, from + index, partition, run.requestedAt),
      ...each,
    }));
    told.set(id, [...(told.get(id) ?? []), ...rows]);
  }
  return Array.from(state.runs.values(), (run) => {
    const tasks = told.get(run.id) ?? [];
    if (tasks.length === run.dag.tasks.length) return { run, row: newRunRow(run, partition, run.requestedAt), tasks };
    throw new Error(`Expected rows of ${run.dag.tasks.length} tasks of run ${run.id}, but found ${tasks.length}.`);
  });
}
