import {
  bandsHighestFirst,
  canonicalJson,
  isLive,
  isTerminal,
  type Attempt,
  type Json,
  type PartitionState,
  type Run,
} from '../index.js';
import { versionOf } from './event-builders.js';

/** Hex SHA-256 of `describeState`: equal for states that would judge and choose alike. */
export function digestOf(state: PartitionState): string {
  return versionOf(canonicalJson(describeState(state)));
}

/** Everything in a partition's state that a later event could be judged by, as JSON. */
export function describeState(state: PartitionState): Json {
  return {
    birth: (state.birth ?? null) as Json,
    rules: state.rules,
    epoch: state.epoch,
    owner: state.ownerNonce ?? null,
    time: state.time,
    position: state.position,
    writers: [...state.writers.all()].map(({ by, seq, at }) => [by, seq, at]),
    workflows: [...state.workflows.keys()],
    pinning: [...state.pinning].map(([version, { parts, missing }]) => [
      version,
      missing,
      parts.map((part) => part ?? null),
    ]),
    runs: [...state.runs.values()].map(describeRun),
    ...(state.keys.size > 0 && { keys: [...state.keys.all()] as unknown as Json }),
    ...(state.gaps.length > 0 && { gaps: state.gaps as unknown as Json }),
    ready: bandsHighestFirst.map((band) =>
      [...state.ready.rings(band)]
        .flatMap((ring) => [...ring.waiting()])
        .sort((one, other) => one.seq - other.seq)
        .map(({ run, task, attempt, since }) => [run.id, task, attempt, since]),
    ),
    shares: [...state.ready.queues()].map(({ queue, shares }): Json => [queue, [...shares.gained]]).sort(),
    waiting: state.ready.waiting,
    ...describePaused(state),
    nextTimer: state.timers.nextAt() ?? null,
    workers: [...state.workers.all()].map(({ id, seen, lostAt, inFlight }) => ({
      id,
      seen: (seen ?? null) as Json,
      lostAt: lostAt ?? null,
      inFlight: [...inFlight].map(({ run, task, number }) => [run.id, task, number]),
    })),
    accounts: [state.accepted, state.rejected, state.quarantined],
  };
}

/** Absent where nothing is paused: so it was when the first golden logs were written. */
function describePaused({ ready: { paused } }: PartitionState): { readonly [name: string]: Json } {
  const runs = Array.from(paused.all(), ([{ id }, since]): Json => [id, since]);
  const entries = [...paused.entries()].filter(isLive).sort((one, other) => one.seq - other.seq);
  return runs.length === 0
    ? {}
    : { paused: runs, aside: entries.map(({ run, task, attempt }) => [run.id, task, attempt]) };
}

function describeRun(run: Run): Json {
  const tasks = run.dag.tasks.map((_, index) => index);
  return {
    id: run.id,
    tenant: run.tenant,
    version: run.version ?? null,
    input: run.input ?? (run.inputAt as Json | undefined) ?? null,
    band: run.runBand ?? null,
    ...((run.checkpoints?.size ?? 0) > 0 && { checkpoints: [...run.checkpoints!].sort(([one], [other]) => one - other) as unknown as Json }), // prettier-ignore
    ...(run.deaths.size > 0 && { deaths: [...run.deaths].sort(([one], [other]) => one - other) }),
    ...(run.traceparent !== undefined && { traceparent: run.traceparent }),
    requestedAt: run.requestedAt,
    status: run.status,
    failed: run.failed,
    runAt: Math.max(run.runAt, run.requestedAt),
    closeBy: run.runCloseBy ?? null,
    ...(run.sweep !== undefined && { sweep: { ...run.sweep } as unknown as Json }),
    open: tasks.filter((task) => !isTerminal(run.statusOf(task))).length,
    openCounted: run.open,
    tasks: tasks.map((task) => [
      run.statusOf(task),
      run.attemptNumberOf(task),
      run.failuresOf(task),
      run.columns?.waitsFor[task] ?? 0,
      run.dueAt.get(task) ?? null,
      run.results.get(task) ?? (run.farResults.get(task) as Json | undefined) ?? null,
      run.columns?.parentsSucceeded[task] ?? 0,
      run.columns?.parentsFailed[task] ?? 0,
      run.startBy.get(task) ?? null,
      run.closeBy.get(task) ?? null,
      run.retryBy.get(task) ?? null,
      run.bandOf(task),
    ]),
    inFlight: [...run.inFlight.values()].map(describeAttempt),
  };
}

function describeAttempt({ task, number, epoch, band, worker, to, dispatchedAt, startedAt, claim }: Attempt): Json {
  return [task, number, epoch, band, worker, to, dispatchedAt, startedAt ?? null, claim ?? null];
}
