import type { Band } from '../band.js';
import { singleTaskDag, type Dag } from '../dag/dag.js';
import { PlanGathering } from '../dag/plan-workflow.js';
import type { EventAddress } from '../event/event-address.js';
import type { Instant, RunId } from '../ids.js';
import { PartitionState } from '../partition/partition-state.js';
import { Pinning } from '../partition/pinning.js';
import type { KnownKey } from '../partition/request-keys.js';
import type { SetTimer } from '../partition/timers.js';
import type { WorkerState } from '../partition/workers.js';
import type { SharesGained } from '../queue/ready-queue.js';
import { ReadyRows } from '../queue/ready-rows.js';
import { Checkpoints } from '../run/checkpoints.js';
import { Run, type RunInstant } from '../run/run.js';
import type {
  PartitionPart,
  PinningPart,
  RunPart,
  SnapshotPart,
  TaskRunsSlice,
  WorkerPart,
  WorkflowPart,
} from './snapshot-part.js';

/**
 * Makes a state of the parts of `captureState`, in their order. It folds on as the one that was captured would have. Parts
 * must be those that were written: the hash over their bytes is the caller's business.
 */
export class RestoringState {
  readonly #state = new PartitionState();
  #head: PartitionPart | undefined;
  readonly #writers: { by: string; seq: number; at: number }[] = [];
  readonly #keys: KnownKey[] = [];
  readonly #ready = new ReadyRows();
  readonly #shares: SharesGained[] = [];
  readonly #timers: SetTimer[] = [];
  #plan = new PlanGathering();
  #run: Run | undefined;
  #worker: WorkerState | undefined;

  add(part: SnapshotPart): void {
    switch (part.part) {
      case 'partition':
        this.#head = part;
        return;
      case 'writers':
        for (const [by, seq, at] of part.writers) this.#writers.push({ by, seq, at });
        return;
      case 'workflow':
        return this.#addWorkflow(part);
      case 'pinning':
        return this.#addPinning(part);
      case 'run':
        return this.#addRun(part);
      case 'more':
        return fill(this.#run!, part);
      case 'keys':
        for (const known of part.keys) this.#keys.push(known);
        return;
      case 'worker':
        return this.#addWorker(part);
      case 'held':
        for (const [run, task] of part.held) this.#worker!.inFlight.add(this.#runOf(run).inFlight.get(task)!);
        return;
      case 'checkpoint':
        (this.#runOf(part.run).checkpoints ??= new Checkpoints()).set(part.task, part.checkpoint);
        return;
      case 'paused':
        for (const [run, since] of part.paused) this.#state.ready.paused.pause(this.#runOf(run), since);
        return;
      case 'ready':
        for (const [run, task, attempt, seq, since] of part.ready)
          this.#ready.push({ run: this.#runOf(run), task, attempt, seq, since });
        return;
      case 'shares':
        this.#shares.push(...part.shares);
        return;
      case 'timers':
        for (const [at, run, task, kind, seq] of part.timers) {
          this.#timers.push({ timer: { at, run: this.#runOf(run), task, kind }, seq });
        }
    }
  }

  /** The state, after the last part. Throws where the first one never came. */
  done(): PartitionState {
    if (this.#head === undefined) throw new Error('Expected a snapshot to begin with its partition, but it does not.');
    const { part: _, timersLastSeq, readyLastSeq, writersForgottenInHour, keysForgottenEarly, ...values } = this.#head;
    Object.assign(this.#state, values);
    this.#state.writers.restore(writersForgottenInHour, this.#writers);
    this.#state.keys.restore(keysForgottenEarly ?? 0, this.#keys);
    this.#state.ready.restore(readyLastSeq, this.#ready, this.#shares);
    this.#state.timers.restore(timersLastSeq, this.#timers);
    return this.#state;
  }

  #addWorkflow({ version, name, tasks, isWhole }: WorkflowPart): void {
    for (const task of tasks) this.#plan.add(task);
    if (!isWhole) return;
    const dag = this.#plan.end(name);
    if (dag === undefined) throw new Error(`Expected workflow ${version} to be valid, but the snapshot's is not.`);
    this.#state.workflows.set(version, dag);
    this.#plan = new PlanGathering();
  }

  #addPinning({ version, of, index, body }: PinningPart): void {
    let pinning = this.#state.pinning.get(version);
    if (pinning === undefined) {
      pinning = new Pinning(of);
      this.#state.pinning.set(version, pinning);
    }
    if (index !== undefined) pinning.add(index, body!);
  }

  #addRun(part: RunPart): void {
    const { id, tenant, version, task, input, inputAt, band, requestedAt, values } = part;
    const dag: Dag | undefined = version === undefined ? singleTaskDag(task!) : this.#state.workflows.get(version);
    if (dag === undefined) throw new Error(`Expected workflow ${version} before run ${id}, but it is not there.`);
    const run = new Run(id, tenant, version, dag, input, band, requestedAt);
    Object.assign(run, values);
    run.inputAt = inputAt;
    fill(run, part);
    this.#state.runs.set(id, run);
    if (run.sweep !== undefined) this.#state.sweeping.add(run);
    this.#run = run;
  }

  #addWorker({ id, seen, lostAt }: WorkerPart): void {
    this.#worker = this.#state.workers.know(id);
    this.#worker.seen = seen;
    this.#worker.lostAt = lostAt;
  }

  #runOf(id: RunId): Run {
    const run = this.#state.runs.get(id);
    if (run === undefined) throw new Error(`Expected run ${id} in the snapshot that names it, but it is not there.`);
    return run;
  }
}

function fill(run: Run, { from = 0, statuses = [], columns = {}, maps = {}, inFlight = [] }: TaskRunsSlice): void {
  statuses.forEach((status, index) => run.setStatus(from + index, status));
  if (run.columns === undefined) {
    run.setAttemptNumber(0, columns.attemptNumbers?.[0] ?? 0);
    run.setFailures(0, columns.failures?.[0] ?? 0);
  } else {
    for (const [name, column] of Object.entries(columns)) run.columns[name as keyof typeof columns].set(column, from);
  }
  const { farResults = [], results = [], deaths = [], bands = [], ...instants } = maps;
  for (const [task, band] of bands) run.setBand(task, band as Band);
  for (const [task, count] of deaths) run.setDeaths(task, count as number);
  for (const [task, result] of results) run.keepResult(task, result);
  for (const [task, address] of farResults) run.keepFarResult(task, address as unknown as EventAddress);
  for (const [name, entries] of Object.entries(instants)) {
    for (const [task, at] of entries) run.setInstant(name as RunInstant, task, at as Instant);
  }
  for (const attempt of inFlight) {
    const { startedAt = undefined, claim = undefined } = attempt;
    run.addAttempt({ ...attempt, run, startedAt, claim });
  }
}
