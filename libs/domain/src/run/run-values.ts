import type { Band } from '../band.js';
import type { Dag } from '../dag/dag.js';
import type { EventAddress } from '../event/event-address.js';
import type { Instant, RunId, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import type { Checkpoints } from './checkpoints.js';
import { kindOfRun, RareValues, RunTimes, type RunKind } from './run-storage.js';
import type { RunStatus } from './run-status.js';
import type { RunSweep } from './run-sweep.js';
import { TaskColumns } from './task-columns.js';

/** Of a status in a run's bits: there are twelve. */
const statusBits = 4;
const statusMask = 2 ** statusBits - 1;
/** Of an instant, the part that the bits do not hold. */
const lowInstants = 2 ** 31;

/**
 * Values of one run. A run whose only task waits takes seven words, and no more: what it has in common with others stands
 * once, its instant is two small integers, since a number above 2^31 is boxed, and what it does not have is not there
 * before it is set. A million of them have to fit into memory.
 */
export abstract class RunValues {
  readonly #kind: RunKind;
  #requestedLow: number;
  /** High part of the instant of the request, and the status of the task run of a run of one task. */
  #bits: number;
  #rare: RareValues | undefined;
  #times: RunTimes | undefined;

  constructor(
    readonly id: RunId,
    tenant: string,
    version: WorkflowVersion | undefined,
    dag: Dag,
    readonly input: Json | undefined,
    runBand: Band | undefined,
    requestedAt: Instant,
  ) {
    this.#kind = kindOfRun(dag, tenant, version, runBand);
    const high = Math.floor(requestedAt / lowInstants);
    this.#requestedLow = (requestedAt - high * lowInstants) | 0;
    this.#bits = high << statusBits;
    const { length } = dag.tasks;
    if (length !== 1) this.#rare = new RareValues(length, new TaskColumns(dag));
  }

  get tenant(): string {
    return this.#kind.tenant;
  }

  get version(): WorkflowVersion | undefined {
    return this.#kind.version;
  }

  get dag(): Dag {
    return this.#kind.dag;
  }

  get runBand(): Band | undefined {
    return this.#kind.runBand;
  }

  get requestedAt(): Instant {
    return (this.#bits >> statusBits) * lowInstants + this.#requestedLow;
  }

  get status(): RunStatus {
    return this.#rare?.status ?? 'running';
  }

  set status(status: RunStatus) {
    this.needRare().status = status;
  }

  /** Task runs that are not terminal. */
  get open(): number {
    return this.#rare?.open ?? 1;
  }

  set open(open: number) {
    this.needRare().open = open;
  }

  /** A leaf failed, timed out, was dead-lettered, or was skipped because of `upstream_failed`. */
  get failed(): boolean {
    return this.#rare?.failed ?? false;
  }

  set failed(failed: boolean) {
    this.needRare().failed = failed;
  }

  /** Bytes of `results` as JSON. */
  get resultBytes(): number {
    return this.#rare?.resultBytes ?? 0;
  }

  set resultBytes(bytes: number) {
    this.needRare().resultBytes = bytes;
  }

  /** No task run of it is queued before this. */
  get runAt(): Instant {
    return this.#times?.runAt ?? 0;
  }

  set runAt(at: Instant) {
    this.needTimes().runAt = at;
  }

  /** When the run itself has timed out. */
  get runCloseBy(): Instant | undefined {
    return this.#times?.runCloseBy;
  }

  set runCloseBy(at: Instant | undefined) {
    this.needTimes().runCloseBy = at;
  }

  /** Where its input stands in the log, where it is longer than the state keeps; `input` is absent then. */
  get inputAt(): EventAddress | undefined {
    return this.#rare?.inputAt;
  }

  set inputAt(address: EventAddress | undefined) {
    if (address !== this.inputAt) this.needRare().inputAt = address;
  }

  /** What was marked for sweeps; absent in almost every run. */
  get sweep(): RunSweep | undefined {
    return this.#rare?.sweep;
  }

  set sweep(sweep: RunSweep | undefined) {
    if (sweep !== this.sweep) this.needRare().sweep = sweep;
  }

  /** Absent where no task run of it ever had one. */
  get checkpoints(): Checkpoints | undefined {
    return this.#rare?.checkpoints;
  }

  set checkpoints(checkpoints: Checkpoints | undefined) {
    if (checkpoints !== this.checkpoints) this.needRare().checkpoints = checkpoints;
  }

  /** As it was requested with. */
  get traceparent(): string | undefined {
    return this.#rare?.traceparent;
  }

  set traceparent(traceparent: string | undefined) {
    if (traceparent !== this.traceparent) this.needRare().traceparent = traceparent;
  }

  /** Absent in a run of one task. */
  get columns(): TaskColumns | undefined {
    return this.#rare?.columns;
  }

  /** By index in `taskStatuses`, in a run of one task. */
  protected get loneStatus(): number {
    return this.#bits & statusMask;
  }

  protected set loneStatus(code: number) {
    this.#bits = (this.#bits & ~statusMask) | code;
  }

  protected get rare(): RareValues | undefined {
    return this.#rare;
  }

  protected needRare(): RareValues {
    return (this.#rare ??= new RareValues(1, undefined));
  }

  protected get times(): RunTimes | undefined {
    return this.#times;
  }

  protected needTimes(): RunTimes {
    return (this.#times ??= new RunTimes());
  }
}
