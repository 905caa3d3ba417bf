import {
  PositionTaken,
  ProjectionUnavailable,
  type AttemptRow,
  type ProjectionBatch,
  type ProjectionPosition,
  type ProjectionStore,
  type QuarantineRow,
  type RunRow,
  type TaskRunRow,
  type WorkflowRow,
  unprojected,
} from '../ports.js';

/** All rows of a store; a single task shows as a run and as a task run. In no particular order. */
export interface ProjectionRows {
  readonly runs: readonly RunRow[];
  readonly tasks: readonly TaskRunRow[];
  /** Of runs that are paused. */
  readonly pauses: readonly { readonly run: string; readonly since: number }[];
  readonly checkpoints: readonly { readonly run: string; readonly task: number; readonly checkpoint: string }[];
  readonly attempts: readonly AttemptRow[];
  readonly workflows: readonly WorkflowRow[];
  readonly quarantine: readonly QuarantineRow[];
}

/** The rows of one run, in the order of its tasks and their attempts. */
export interface RunRows {
  readonly run: RunRow;
  readonly pausedAt: number | null;
  readonly tasks: readonly TaskRunRow[];
  /** JSON text by task. */
  readonly checkpoints: readonly (string | undefined)[];
  readonly attempts: readonly AttemptRow[];
}

/** Rows in maps; commits are all or nothing because positions are looked at before anything is written. */
export class InMemoryProjectionStore implements ProjectionStore {
  private readonly positions = new Map<number, ProjectionPosition>();
  private readonly runs = new Map<string, RunRow>();
  private readonly tasks = new Map<string, TaskRunRow>();
  private readonly checkpoints = new Map<string, { run: string; task: number; checkpoint: string }>();
  private readonly pauses = new Map<string, number>();
  private readonly attempts = new Map<string, AttemptRow>();
  private readonly workflows = new Map<string, WorkflowRow>();
  private readonly quarantine = new Map<string, QuarantineRow>();
  private down = false;

  /** Commits that took effect, oldest first. */
  readonly commits: ProjectionBatch[] = [];

  async position(partition: number): Promise<ProjectionPosition> {
    this.assertUp();
    return this.positions.get(partition) ?? unprojected(partition);
  }

  async commit(batch: ProjectionBatch): Promise<void> {
    this.assertUp();
    this.write(batch);
  }

  /** A restart that has lost the last commits: rows and positions go back together. */
  rewind(commits: number): void {
    const kept = this.commits.slice(0, Math.max(0, this.commits.length - commits));
    const { positions, runs, tasks, checkpoints, pauses, attempts, workflows, quarantine } = this;
    for (const table of [positions, runs, tasks, checkpoints, pauses, attempts, workflows, quarantine]) table.clear();
    this.commits.length = 0;
    for (const batch of kept) this.write(batch);
  }

  private write(batch: ProjectionBatch): void {
    for (const { partition, from } of batch.positions) {
      if ((this.positions.get(partition)?.to ?? 0) !== from) throw new PositionTaken(partition, from);
    }
    for (const position of batch.positions) this.positions.set(position.partition, { ...position });
    for (const run of batch.runsBorn) this.bearRun(run);
    for (const task of batch.tasksBorn) this.bearTask(task);
    for (const [run, task] of batch.singlesBorn) {
      this.bearRun(run);
      this.bearTask(task);
    }
    for (const run of batch.runsChanged) this.changeRun(run);
    for (const task of batch.tasksChanged) this.changeTask(task);
    for (const [run, task] of batch.singlesChanged) {
      this.changeRun(run);
      this.changeTask(task);
    }
    for (const { run, since } of batch.runsPaused) {
      if (since === null) this.pauses.delete(run);
      else this.pauses.set(run, since);
    }
    for (const { run, task, checkpoint } of batch.checkpoints)
      this.checkpoints.set(`${run}/${task}`, { run, task, checkpoint });
    for (const row of batch.attempts) this.attempts.set(`${row.run}/${row.task}/${row.attempt}`, { ...row });
    for (const row of batch.workflows) this.workflows.set(row.version, { ...row });
    for (const row of batch.quarantine) this.quarantine.set(`${row.partition}:${row.offset}:${row.index}`, { ...row });
    this.commits.push(batch);
  }

  /** Next offsets of the first `partitions` partitions. */
  stands(partitions: number): number[] {
    return Array.from({ length: partitions }, (_, partition) => this.positions.get(partition)?.to ?? 0);
  }

  /** The rows of one run; undefined where there is none of it. */
  ofRun(id: string): RunRows | undefined {
    const run = this.runs.get(id);
    if (run === undefined) return undefined;
    const rows = { run, pausedAt: this.pauses.get(id) ?? null, tasks: [] as TaskRunRow[], checkpoints: [] as string[], attempts: [] as AttemptRow[] }; // prettier-ignore
    for (let task = 0; task < run.taskCount; task++) {
      const row = this.tasks.get(`${id}/${task}`);
      if (row === undefined) continue;
      rows.tasks.push(row);
      const checkpoint = this.checkpoints.get(`${id}/${task}`)?.checkpoint;
      if (checkpoint !== undefined) rows.checkpoints[task] = checkpoint;
      for (let attempt = 1; attempt <= row.attempt; attempt++) {
        const ended = this.attempts.get(`${id}/${task}/${attempt}`);
        if (ended !== undefined) rows.attempts.push(ended);
      }
    }
    return rows;
  }

  rows(): ProjectionRows {
    return {
      runs: [...this.runs.values()],
      tasks: [...this.tasks.values()],
      checkpoints: [...this.checkpoints.values()],
      pauses: Array.from(this.pauses, ([run, since]) => ({ run, since })),
      attempts: [...this.attempts.values()],
      workflows: [...this.workflows.values()],
      quarantine: [...this.quarantine.values()],
    };
  }

  /** Every call fails with `ProjectionUnavailable` until `restart`. */
  stop(): void {
    this.down = true;
  }

  restart(): void {
    this.down = false;
  }

  private bearRun(run: RunRow): void {
    this.runs.set(run.id, { ...run });
  }

  private bearTask(task: TaskRunRow): void {
    this.tasks.set(`${task.run}/${task.task}`, { ...task });
  }

  private changeRun(run: RunRow): void {
    const known = this.runs.get(run.id);
    if (known !== undefined) this.bearRun({ ...run, input: known.input, idempotencyKey: known.idempotencyKey });
  }

  private changeTask(task: TaskRunRow): void {
    if (this.tasks.has(`${task.run}/${task.task}`)) this.bearTask(task);
  }

  private assertUp(): void {
    if (this.down) throw new ProjectionUnavailable('Expected the projection store to answer, but it is down.');
  }
}
