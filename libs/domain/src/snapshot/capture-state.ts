import { bandsHighestFirst } from '../band.js';
import type { Dag } from '../dag/dag.js';
import { parentRefs } from '../dag/parent-refs.js';
import type { TaskNode } from '../dag/workflow-definition.js';
import type { RunId, TaskIndex } from '../ids.js';
import type { Json } from '../json.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { Pinning } from '../partition/pinning.js';
import type { WorkerState } from '../partition/workers.js';
import { isLive } from '../queue/ready-ring.js';
import { ReadyRows } from '../queue/ready-rows.js';
import type { Attempt, Run } from '../run/run.js';
import { captureRuns, defined, partsOfRun, specOf } from './capture-run.js';
import { entriesPerPart, slicesOf, type PartitionPart, type SnapshotPart, type WorkflowPart } from './snapshot-part.js';

/**
 * How each member of the state travels: as a value, or by code of its own. A new member of `PartitionState` does not
 * compile before it is named here.
 */
export const partitionMembers = {
  birth: 'value',
  rules: 'value',
  epoch: 'value',
  ownerNonce: 'value',
  time: 'value',
  position: 'value',
  hash: 'value',
  gaps: 'value',
  accepted: 'value',
  rejected: 'value',
  quarantined: 'value',
  writers: 'own',
  workflows: 'own',
  pinning: 'own',
  runs: 'own',
  sweeping: 'own',
  keys: 'own',
  ready: 'own',
  timers: 'own',
  workers: 'own',
} as const satisfies Record<keyof PartitionState, 'value' | 'own'>;

/**
 * Copies the state as it stands, at once, and gives it part by part: the fold may go on while the parts are taken. The copy
 * is shallow: columns, and the references to what never changes.
 */
export function captureState(state: PartitionState): Iterable<SnapshotPart> {
  const head = partitionPart(state);
  const writers = [...state.writers.all()].map(({ by, seq, at }) => [by, seq, at] as const);
  const workflows = [...state.workflows];
  const pinning = [...state.pinning].map(([version, { parts }]): [string, Pinning['parts']] => [version, [...parts]]);
  const keys = [...state.keys.all()];
  const runs = captureRuns(state.runs);
  const workers = Array.from(state.workers.all(), (worker) => ({ ...worker, inFlight: [...worker.inFlight] }));
  const checkpoints = captureCheckpoints(state.runs.values());
  const paused = Array.from(state.ready.paused.all(), ([run, since]) => [run.id, since] as const);
  const ready = new ReadyRows();
  for (const band of bandsHighestFirst)
    for (const ring of state.ready.rings(band)) for (const entry of ring.waiting()) ready.push(entry);
  for (const entry of state.ready.paused.entries()) if (isLive(entry)) ready.push(entry);
  const shares = [...state.ready.queues()].map(({ queue, shares: { gained } }) => [queue, [...gained]] as const);
  const timers = state.timers.live();
  return (function* () {
    yield head;
    for (const slice of slicesOf(writers)) yield { part: 'writers', writers: slice };
    for (const [version, dag] of workflows) yield* partsOfWorkflow(version, dag);
    for (const [version, parts] of pinning) yield* partsOfPinning(version, parts);
    for (const run of runs) yield* partsOfRun(run);
    for (const slice of slicesOf(keys)) yield { part: 'keys', keys: slice };
    for (const worker of workers) yield* partsOfWorker(worker);
    for (const { run, each } of checkpoints) yield { part: 'checkpoint', run, task: each[0], checkpoint: each[1] };
    for (const slice of slicesOf(paused)) yield { part: 'paused', paused: slice };
    for (const slice of slicesOf(ready)) {
      yield {
        part: 'ready',
        ready: slice.map(({ run, task, attempt, seq, since }) => [run.id, task, attempt, seq, since] as const),
      };
    }
    for (const slice of slicesOf(shares)) yield { part: 'shares', shares: slice };
    for (const slice of slicesOf(timers)) {
      yield {
        part: 'timers',
        timers: slice.map(({ timer: { at, run, task, kind }, seq }) => [at, run.id, task, kind, seq] as const),
      };
    }
  })();
}

function captureCheckpoints(runs: Iterable<Run>) {
  const found: { run: RunId; each: readonly [TaskIndex, Json] }[] = [];
  for (const { id, checkpoints } of runs) for (const each of checkpoints ?? []) found.push({ run: id, each });
  return found;
}

function partitionPart(state: PartitionState): PartitionPart {
  const { birth, rules, epoch, ownerNonce, time, position, hash, accepted, rejected, quarantined } = state;
  return {
    part: 'partition',
    ...defined({ birth, rules, epoch, ownerNonce, time, position, hash, accepted, rejected, quarantined }),
    timersLastSeq: state.timers.lastSeq,
    readyLastSeq: state.ready.lastSeq,
    keysForgottenEarly: state.keys.forgottenEarly,
    ...(state.gaps.length > 0 && { gaps: state.gaps }),
    writersForgottenInHour: state.writers.forgottenInHour,
  };
}

function* partsOfWorkflow(version: string, dag: Dag): Generator<WorkflowPart> {
  const { tasks, name = '' } = dag;
  const parentsOf = parentRefs(dag);
  for (let from = 0; from < tasks.length; from += entriesPerPart) {
    const to = Math.min(from + entriesPerPart, tasks.length);
    const nodes = tasks.slice(from, to).map((planned, index): TaskNode => {
      const { id, input, join } = planned;
      return {
        id,
        ...specOf(planned),
        dependsOn: parentsOf(from + index),
        join,
        ...(input !== undefined && { input }),
      };
    });
    yield { part: 'workflow', version, name, tasks: nodes, isWhole: to === tasks.length };
  }
}

function* partsOfPinning(version: string, parts: Pinning['parts']): Generator<SnapshotPart> {
  yield { part: 'pinning', version, of: parts.length };
  for (const [index, body] of parts.entries()) {
    if (body !== undefined) yield { part: 'pinning', version, of: parts.length, index, body };
  }
}

function* partsOfWorker(
  worker: Omit<WorkerState, 'inFlight'> & { inFlight: readonly Attempt[] },
): Generator<SnapshotPart> {
  const { id, seen, lostAt, inFlight } = worker;
  yield { part: 'worker', id, ...defined({ seen, lostAt }) };
  for (const slice of slicesOf(inFlight))
    yield { part: 'held', held: slice.map(({ run, task }) => [run.id, task] as const) };
}
