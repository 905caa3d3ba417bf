import type { Band } from '../band.js';
import type { Dag } from '../dag/dag.js';
import type { EventAddress } from '../event/event-address.js';
import type { Instant, TaskIndex, WorkflowVersion } from '../ids.js';
import type { Json } from '../json.js';
import type { Checkpoints } from './checkpoints.js';
import type { InstantByTask } from './instant-by-task.js';
import type { RunStatus } from './run-status.js';
import type { RunSweep } from './run-sweep.js';
import type { Attempt } from './run.js';
import type { TaskColumns } from './task-columns.js';

/** What many runs have in common. */
export interface RunKind {
  readonly tenant: string;
  readonly version: WorkflowVersion | undefined;
  readonly dag: Dag;
  readonly runBand: Band | undefined;
}

const lastKinds = new WeakMap<Dag, RunKind>();

/** The kind of the run before on the same plan where that is equal: runs on one plan mostly come from one sender. */
export function kindOfRun(
  dag: Dag,
  tenant: string,
  version: WorkflowVersion | undefined,
  runBand: Band | undefined,
): RunKind {
  const last = lastKinds.get(dag);
  if (last !== undefined && last.tenant === tenant && last.version === version && last.runBand === runBand) return last;
  const kind: RunKind = { tenant, version, dag, runBand };
  lastKinds.set(dag, kind);
  return kind;
}

/** What a run whose only task waits for the first time does not have. */
export class RareValues {
  status: RunStatus = 'running';
  failed = false;
  resultBytes = 0;
  /** Number of the last accepted attempt, and failures, of a run of one task. */
  loneAttempt = 0;
  loneFailures = 0;
  inputAt: EventAddress | undefined;
  sweep: RunSweep | undefined;
  checkpoints: Checkpoints | undefined;
  traceparent: string | undefined;
  inFlight: Map<TaskIndex, Attempt> | undefined;
  bands: Map<TaskIndex, Band> | undefined;
  results: Map<TaskIndex, Json> | undefined;
  farResults: Map<TaskIndex, EventAddress> | undefined;
  deaths: Map<TaskIndex, number> | undefined;

  constructor(
    public open: number,
    readonly columns: TaskColumns | undefined,
  ) {}
}

/** Instants of a run that waits for some. */
export class RunTimes {
  runAt: Instant = 0;
  runCloseBy: Instant | undefined;
  dueAt: InstantByTask | undefined;
  startBy: InstantByTask | undefined;
  closeBy: InstantByTask | undefined;
  retryBy: InstantByTask | undefined;
}
