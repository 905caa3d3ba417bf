import {
  isTerminal,
  type Dag,
  type FoldSink,
  type Instant,
  type Json,
  type Move,
  type PartitionState,
  type Run,
  type TaskIndex,
  type TaskStatus,
  type WorkflowVersion,
} from '@millrace/domain';
import { endedAttempt } from './ended-attempt.js';
import { tellRows, untellRows, type LiveRowsPart } from './live-rows.js';
import { applyMove, followsFromState, unmovedRow } from './moved-row.js';
import { newRunRow, newTaskRow } from './new-rows.js';
import type {
  ProjectionBatch,
  QuarantineRow,
  CheckpointRow,
  RunPausedRow,
  RunRow,
  TaskRunRow,
  WorkflowRow,
} from './ports.js';

/** Number of the batch that a row was last put into, and whether as new. */
interface Tracked {
  batch: number;
}
type TrackedRun = RunRow & Tracked;
type TrackedTask = TaskRunRow & Tracked;

/** Rows of a run that do not follow from its state alone, and those of the batch that is being gathered. */
interface LiveRun {
  row: TrackedRun | undefined;
  /** By task; undefined where the row follows from the state, or will not change any more. */
  readonly tasks: (TrackedTask | undefined)[];
  /** Defined ones of `tasks`. */
  kept: number;
}

type Rows = {
  -readonly [Name in Exclude<keyof ProjectionBatch, 'positions'>]: ProjectionBatch[Name][number][];
};

/**
 * Rows of one partition as its fold makes them, so that every row is a function of the log alone and of nothing that the
 * store holds. `take` gives what changed since the last `take`; rows of a batch must be written out before the fold goes
 * on, since it changes them in place. Between batches it keeps rows only of task runs that have moved since their run's
 * birth and have not ended: the rows of a waiting run follow from its state, and keeping them cost it 1,500 bytes.
 */
export class ProjectionRows implements FoldSink {
  readonly #live = new Map<Run, LiveRun>();
  #rows = emptyRows();
  #paused = new Map<Run, RunPausedRow>();
  #checkpoints = new Map<string, CheckpointRow>();
  #batch = 1;
  /** What was touched in this batch; a run that has ended is in none of it. */
  #touched: { readonly run: Run; readonly live: LiveRun; readonly task: TaskIndex }[] = [];
  /** Offset being folded, for what is quarantined there. */
  offset = 0;

  constructor(readonly partition: number) {}

  /** Rows gathered since the last `take`. */
  take(): Rows {
    const rows = {
      ...this.#rows,
      runsPaused: [...this.#paused.values()],
      checkpoints: [...this.#checkpoints.values()],
    };
    this.#rows = emptyRows();
    this.#paused.clear();
    this.#checkpoints.clear();
    this.#batch += 1;
    for (const { run, live, task } of this.#touched) this.#forget(run, live, task);
    this.#touched = [];
    return rows;
  }

  runBorn(run: Run, at: Instant, input?: Json, key?: string): void {
    const live: LiveRun = { row: this.#track(newRunRow(run, this.partition, at, input, key)), tasks: [], kept: 0 };
    this.#live.set(run, live);
    if (run.isSingle) {
      this.#rows.singlesBorn.push([live.row!, this.#bear(run, live, 0)]);
      return;
    }
    this.#rows.runsBorn.push(live.row!);
    this.#touched.push({ run, live, task: 0 });
    if (run.sweep === undefined) this.tasksBorn(run, 0, run.dag.tasks.length);
  }

  tasksBorn(run: Run, from: TaskIndex, to: TaskIndex): void {
    const live = this.#liveOf(run);
    for (let task = from; task < to; task++) this.#rows.tasksBorn.push(this.#bear(run, live, task));
  }

  /** Rows of task runs gathered since the last `take`: what one transaction should hold is bounded. */
  get gathered(): number {
    return this.#rows.tasksBorn.length + this.#rows.tasksChanged.length;
  }

  taskMoved(run: Run, task: TaskIndex, from: TaskStatus, to: TaskStatus, move: Move): void {
    const row = this.#touchTask(run, task, from);
    if (move.dispatchedAt !== undefined && (to === 'queued' || to === 'backing_off')) {
      this.#rows.attempts.push(endedAttempt(row, from, to, move));
    }
    applyMove(row, to, move, run.failuresOf(task));
    // While it was in flight it kept the band that it was dispatched in.
    if (to === 'queued' || to === 'backing_off') row.band = run.bandOf(task);
  }

  bandChanged(run: Run, task: TaskIndex): void {
    this.#touchTask(run, task, run.statusOf(task)).band = run.bandOf(task);
  }

  runEnded(run: Run, at: Instant, reason?: string): void {
    const row = this.#touchRun(run);
    row.status = run.status;
    row.endedAt = at;
    row.reason = reason ?? null;
    this.#live.delete(run);
  }

  runPaused(run: Run, since: Instant | undefined): void {
    this.#paused.set(run, { run: run.id, isSingle: run.isSingle, since: since ?? null });
  }

  checkpointSaved(run: Run, task: TaskIndex, checkpoint: Json): void {
    const row = { run: run.id, task, isSingle: run.isSingle, checkpoint: JSON.stringify(checkpoint) };
    this.#checkpoints.set(`${run.id}/${task}`, row);
  }

  workflowPinned(version: WorkflowVersion, dag: Dag, parts: readonly string[]): void {
    this.#rows.workflows.push({ version, name: dag.name ?? '', definition: parts.join(''), tasks: dag.tasks.length });
  }

  quarantined(index: number, cause: string, detail: string): void {
    this.#rows.quarantine.push({ partition: this.partition, offset: this.offset, index, cause, detail });
  }

  /** Kept rows of live runs, copied at once and told while the copy is taken: see `tellRows`. */
  capture(): Iterable<LiveRowsPart> {
    const kept = ({ tasks }: LiveRun) => tasks.filter((row) => row !== undefined).map((row) => ({ ...row }));
    return tellRows(Array.from(this.#live, ([run, live]) => ({ run, tasks: kept(live) })));
  }

  /** Takes up the rows of the live runs of a state that comes from the same snapshot. */
  restore(state: PartitionState, parts: readonly LiveRowsPart[]): void {
    for (const [run, tasks] of untellRows(state, this.partition, parts)) {
      const live: LiveRun = { row: undefined, tasks: [], kept: tasks.length };
      for (const row of tasks) live.tasks[row.task] = { ...row, batch: 0 };
      this.#live.set(run, live);
    }
  }

  accepted(): void {}
  rejected(): void {}

  #track<Row extends object>(row: Row): Row & Tracked {
    return Object.assign(row, { batch: this.#batch });
  }

  #bear(run: Run, live: LiveRun, task: TaskIndex): TrackedTask {
    const row = this.#track(newTaskRow(run, task, this.partition, run.requestedAt));
    this.#keep(run, live, row);
    return row;
  }

  #keep(run: Run, live: LiveRun, row: TrackedTask): void {
    live.tasks[row.task] = row;
    live.kept += 1;
    this.#touched.push({ run, live, task: row.task });
  }

  /** After its batch: what follows from the state again, or never changes again, is not kept. */
  #forget(run: Run, live: LiveRun, task: TaskIndex): void {
    live.row = undefined;
    const row = live.tasks[task];
    if (row !== undefined && (isTerminal(run.statusOf(task)) || followsFromState(run, row))) {
      live.tasks[task] = undefined;
      live.kept -= 1;
    }
    if (live.kept === 0) this.#live.delete(run);
  }

  /** The run's row in this batch. */
  #touchRun(run: Run): TrackedRun {
    const live = this.#liveOf(run);
    if (live.row !== undefined) return live.row;
    live.row = this.#track(newRunRow(run, this.partition, run.requestedAt));
    if (run.isSingle) this.#rows.singlesChanged.push([live.row, live.tasks[0]!]);
    else this.#rows.runsChanged.push(live.row);
    return live.row;
  }

  /** The task run's row in this batch, as it was before this move. */
  #touchTask(run: Run, task: TaskIndex, from: TaskStatus): TrackedTask {
    const live = this.#liveOf(run);
    let row = live.tasks[task];
    if (row?.batch === this.#batch) return row;
    if (row === undefined) {
      row = this.#track(unmovedRow(run, task, this.partition, from));
      this.#keep(run, live, row);
    } else {
      row.batch = this.#batch;
      this.#touched.push({ run, live, task });
    }
    if (run.isSingle) this.#touchRun(run);
    else this.#rows.tasksChanged.push(row);
    return row;
  }

  #liveOf(run: Run): LiveRun {
    let live = this.#live.get(run);
    if (live === undefined) {
      live = { row: undefined, tasks: [], kept: 0 };
      this.#live.set(run, live);
    }
    return live;
  }
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
    runsPaused: [],
    checkpoints: [],
    attempts: [],
    workflows,
    quarantine,
  };
}
