import type { PartitionState, Run, RunId, TaskIndex } from '@millrace/domain';
import { newTaskRow } from './new-rows.js';
import type { TaskRunRow } from './ports.js';

/** Kept rows of one live run's task runs, at most 1,000: each as what differs from a task run that has not moved yet. */
export interface LiveRowsPart {
  readonly run: RunId;
  readonly tasks: readonly (readonly [TaskIndex, Partial<TaskRunRow>])[];
}

const tasksPerPart = 1_000;

/** Rows as parts of a snapshot: without whatever follows from the run in the state beside them. */
export function* tellRows(all: Iterable<{ run: Run; tasks: readonly TaskRunRow[] }>): Generator<LiveRowsPart> {
  for (const { run, tasks } of all) {
    for (let from = 0; from < tasks.length; from += tasksPerPart) {
      const told = tasks.slice(from, from + tasksPerPart).map((row) => [row.task, tellRow(run, row)] as const);
      yield { run: run.id, tasks: told };
    }
  }
}

/** The band is always told: the run's may have changed since the row was copied, and the state beside it has the old one. */
function tellRow(run: Run, row: TaskRunRow): Partial<TaskRunRow> {
  const usual = newTaskRow(run, row.task, row.partition, run.requestedAt);
  const names = Object.keys(usual) as (keyof TaskRunRow)[];
  const isTold = (name: keyof TaskRunRow): boolean => name === 'band' || row[name] !== usual[name];
  return Object.fromEntries(names.flatMap((name) => (isTold(name) ? [[name, row[name]]] : [])));
}

/** The rows again. Throws where they are not those of this state's runs, or where an attempt in flight has none. */
export function untellRows(
  state: PartitionState,
  partition: number,
  parts: readonly LiveRowsPart[],
): Map<Run, TaskRunRow[]> {
  const told = new Map<Run, TaskRunRow[]>();
  for (const { run: id, tasks } of parts) {
    const run = state.runs.get(id);
    if (run === undefined) throw new Error(`Expected run ${id} to live, but the state of the snapshot has none.`);
    const rows = told.get(run) ?? [];
    told.set(run, rows);
    for (const [task, each] of tasks) {
      if (!run.has(task))
        throw new Error(`Expected run ${id} to have task ${task}, but it has ${run.dag.tasks.length}.`);
      rows.push({ ...newTaskRow(run, task, partition, run.requestedAt), ...each });
    }
  }
  for (const run of state.runs.values()) {
    if (run.inFlight.size === 0) continue;
    const tasks = new Set(told.get(run)?.map(({ task }) => task));
    const missing = [...run.inFlight.keys()].find((task) => !tasks.has(task));
    if (missing !== undefined) throw new Error(`Expected a row of task ${missing} of run ${run.id}, but found none.`);
  }
  return told;
}
