import type {
  Dag,
  FoldSink,
  Instant,
  Move,
  PartitionState,
  Run,
  TaskIndex,
  TaskStatus,
  WorkflowVersion,
} from '@millrace/domain';
import { tellRows, untellRows, type LiveRowsPart } from './live-rows.js';
import { jsonOf, newRunRow, newTaskRow } from './new-rows.js';
import type { AttemptRow, ProjectionBatch, QuarantineRow, RunRow, TaskRunRow, WorkflowRow } from './ports.js';

/** Number of the batch that a row was last put into, and whether as new. */
interface Tracked {
  batch: number;
}
type TrackedRun = RunRow & Tracked;
type TrackedTask = TaskRunRow & Tracked;

interface LiveRun {
  readonly row: TrackedRun;
  readonly tasks: readonly TrackedTask[];
}

type Rows = {
  -readonly [Name in Exclude<keyof ProjectionBatch, 'positions'>]: ProjectionBatch[Name][number][];
};

/**
 * Rows of one partition as its fold makes them. Keeps the rows of runs that have not ended, so that every row is a function
 * of the log alone and of nothing that the store holds. `take` gives what changed since the last `take`; rows of a batch
 * must be written out before the fold goes on, since it changes them in place.
 */
export class ProjectionRows implements FoldSink {
  readonly #live = new Map<Run, LiveRun>();
  #rows = emptyRows();
  #batch = 1;
  /** Offset being folded, for what is quarantined there. */
  offset = 0;

  constructor(readonly partition: number) {}

  /** Rows gathered since the last `take`. */
  take(): Rows {
    const rows = this.#rows;
    this.#rows = emptyRows();
    this.#batch += 1;
    return rows;
  }

  runBorn(run: Run, at: Instant): void {
    const row = { ...newRunRow(run, this.partition, at), batch: this.#batch };
    const tasks = run.dag.tasks.map((_, task) => ({
      ...newTaskRow(run, task, this.partition, at),
      batch: this.#batch,
    }));
    this.#live.set(run, { row, tasks });
    if (run.isSingle) this.#rows.singlesBorn.push([row, tasks[0]!]);
    else {
      this.#rows.runsBorn.push(row);
      for (const task of tasks) this.#rows.tasksBorn.push(task);
    }
  }

  taskMoved(run: Run, task: TaskIndex, from: TaskStatus, to: TaskStatus, move: Move): void {
    const live = this.#live.get(run)!;
    const row = live.tasks[task]!;
    this.#touchTask(run, live, row);
    if (move.dispatchedAt !== undefined && (to === 'queued' || to === 'backing_off')) {
      this.#rows.attempts.push(endedAttempt(row, from, to, move));
    }
    applyMove(row, to, move, run.failures[task]!);
  }

  runEnded(run: Run, at: Instant, reason?: string): void {
    const live = this.#live.get(run)!;
    this.#touchRun(run, live);
    live.row.status = run.status;
    live.row.endedAt = at;
    live.row.reason = reason ?? null;
    this.#live.delete(run);
  }

  workflowPinned(version: WorkflowVersion, dag: Dag, body: string): void {
    this.#rows.workflows.push({ version, name: dag.name ?? '', definition: body, tasks: dag.tasks.length });
  }

  quarantined(index: number, cause: string, detail: string): void {
    this.#rows.quarantine.push({ partition: this.partition, offset: this.offset, index, cause, detail });
  }

  /** Rows of live runs, copied at once and told while the copy is taken: see `tellRows`. */
  capture(): Iterable<LiveRowsPart> {
    return tellRows([...this.#live].map(([run, { tasks }]) => ({ run, tasks: tasks.map((row) => ({ ...row })) })));
  }

  /** Takes up the rows of the live runs of a state that comes from the same snapshot. */
  restore(state: PartitionState, parts: readonly LiveRowsPart[]): void {
    for (const { run, row, tasks } of untellRows(state, this.partition, parts)) {
      this.#live.set(run, { row: { ...row, batch: 0 }, tasks: tasks.map((task) => ({ ...task, batch: 0 })) });
    }
  }

  accepted(): void {}
  rejected(): void {}

  #touchRun(run: Run, live: LiveRun): void {
    if (live.row.batch === this.#batch) return;
    live.row.batch = this.#batch;
    if (run.isSingle) this.#rows.singlesChanged.push([live.row, live.tasks[0]!]);
    else this.#rows.runsChanged.push(live.row);
  }

  #touchTask(run: Run, live: LiveRun, row: TrackedTask): void {
    if (run.isSingle) return this.#touchRun(run, live);
    if (row.batch === this.#batch) return;
    row.batch = this.#batch;
    this.#rows.tasksChanged.push(row);
  }
}

function applyMove(row: TaskRunRow, to: TaskStatus, move: Move, failures: number): void {
  row.status = to;
  row.movedAt = move.at;
  row.reason = move.reason ?? null;
  row.attempt = move.attempt;
  row.failures = failures;
  row.dueAt = move.dueAt ?? null;
  if (move.error !== undefined) row.error = jsonOf(move.error);
  if (to === 'queued') row.queuedAt = move.at;
  if (to === 'dispatched') {
    row.dispatchedAt = move.at;
    row.startedAt = null;
    row.finishedAt = null;
  }
  if (move.worker !== undefined) row.worker = move.worker;
  if (move.startedAt !== undefined) row.startedAt = move.startedAt;
  if (move.finishedAt !== undefined) row.finishedAt = move.finishedAt;
  if (to === 'succeeded') {
    row.result = jsonOf(move.result);
    row.error = null;
  }
}

/** An attempt that did not end its task run. */
function endedAttempt(row: TaskRunRow, from: TaskStatus, to: TaskStatus, move: Move): AttemptRow {
  return {
    run: row.run,
    task: row.task,
    attempt: move.attempt,
    partition: row.partition,
    worker: move.worker ?? null,
    dispatchedAt: move.dispatchedAt ?? null,
    startedAt: move.startedAt ?? (from === 'running' ? row.startedAt : null),
    finishedAt: move.finishedAt ?? move.at,
    outcome: to === 'backing_off' ? (move.reason ?? 'failed') : outcomeOfReturn(move.reason),
    reason: move.reason ?? null,
    error: jsonOf(move.error),
  };
}

function outcomeOfReturn(reason: string | undefined): string {
  if (reason === 'worker-lost') return 'worker_lost';
  return reason === 'unlisted' ? 'recalled' : 'returned';
}

function emptyRows(): Rows {
  const quarantine: QuarantineRow[] = [];
  const workflows: WorkflowRow[] = [];
  return {
    runsBorn: [],
    runsChanged: [],
    tasksBorn: [],
    tasksChanged: [],
    singlesBorn: [],
    singlesChanged: [],
    attempts: [],
    workflows,
    quarantine,
  };
}
