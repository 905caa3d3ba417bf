import { singleTaskDag, type Dag } from '../dag/dag.js';
import { isLongerThan, jsonBytes } from '../event/event-address.js';
import type { RunRequested } from '../event/event.js';
import { partitionOfRun } from '../ids.js';
import { later } from '../instant.js';
import { Run } from '../run/run.js';
import { touchedMax } from '../run/run-sweep.js';
import { releaseTask } from './end-task.js';
import type { EventFold } from './folding.js';
import { markSweep } from './sweep-run.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { KeyedRun } from '../partition/request-keys.js';

/** Of a longer input, as JSON, the state keeps only the address. */
export const nearInputBytesMax = 256;

export const runRequested: EventFold<RunRequested> = {
  judge(state, event) {
    if (partitionOfRun(event.run) !== state.birth!.partition) return 'run-elsewhere';
    if (state.runs.has(event.run)) return 'run-known';
    const known = keyedRun(state, event);
    if (known !== undefined) return known.body === event.idempotency!.body ? 'already-requested' : 'key-conflict';
    if (event.workflow === undefined) return undefined;
    return state.workflows.has(event.workflow.version) ? undefined : 'workflow-unknown';
  },
  apply(folding, event) {
    const { state, sink, at } = folding;
    const version = event.workflow?.version;
    const dag: Dag = version === undefined ? singleTaskDag(event.task!) : state.workflows.get(version)!;
    const isFar = event.input !== undefined && isLongerThan(event.input, nearInputBytesMax);
    const run = new Run(event.run, event.tenant, version, dag, isFar ? undefined : event.input, event.band, at);
    if (isFar) run.inputAt = { offset: folding.offset, index: folding.index, bytes: jsonBytes(event.input!) };
    if (event.runAt !== undefined || event.delayMs !== undefined) {
      run.runAt = Math.max(event.runAt ?? 0, later(at, event.delayMs ?? 0));
    }
    run.traceparent = event.traceparent;
    state.runs.set(run.id, run);
    if (event.idempotency !== undefined) {
      state.keys.take(keyOf(event.tenant, event.idempotency.key), { run: run.id, body: event.idempotency.body });
    }
    const isLarge = dag.tasks.length > touchedMax;
    if (isLarge) markSweep(folding, run).stage = 'birth';
    sink.runBorn(run, at, event.input, event.idempotency?.key);
    if (event.scheduleToCloseMs !== undefined) {
      run.runCloseBy = later(Math.max(at, run.runAt), event.scheduleToCloseMs);
      state.timers.set({ at: run.runCloseBy, run, task: 0, kind: 'run-close-by' });
    }
    for (let task = 0; !isLarge && task < dag.tasks.length; task++) {
      if (run.judgeJoin(task) === 'run') releaseTask(folding, run, task);
    }
  },
};

/** The run that has this request's key: the request's own once it was accepted, another's where that came first. */
export function keyedRun(state: PartitionState, { tenant, idempotency }: RunRequested): KeyedRun | undefined {
  return idempotency === undefined ? undefined : state.keys.find(keyOf(tenant, idempotency.key), state.time);
}

/** Unique per tenant and partition key, which is the key itself. No name holds U+0000. */
function keyOf(tenant: string, key: string): string {
  return `${tenant}\0${key}`;
}
