import type { Band } from '../band.js';
import type { Json } from '../json.js';
import { retryPolicyDefault, type RetryPolicy } from '../task/retry-policy.js';
import { joinDefault, type Join } from './join-rule.js';
import { queueDefault, startToCloseMsDefault } from './workflow-definition.js';
import type { TaskSpec } from './workflow-definition.js';

/** A task with its defaults filled in, shared by all runs of a workflow version. */
export interface PlannedTask {
  readonly id: string;
  readonly handler: string;
  readonly queue: string;
  /** Absent: the run's band. */
  readonly band: Band | undefined;
  readonly retry: RetryPolicy;
  readonly startToCloseMs: number;
  readonly heartbeatTimeoutMs: number | undefined;
  readonly scheduleToStartMs: number | undefined;
  readonly scheduleToCloseMs: number | undefined;
  readonly delayMs: number;
  readonly claimFirst: boolean;
  readonly input: Json | undefined;
  readonly join: Join;
}

/**
 * A workflow ready to run: nodes by index, children of node i at `children[childFrom[i] .. childFrom[i + 1])`, parents
 * alike. Built once per version and shared.
 */
export interface Dag {
  readonly name: string | undefined;
  readonly tasks: readonly PlannedTask[];
  readonly childFrom: Int32Array;
  readonly children: Int32Array;
  readonly parentFrom: Int32Array;
  readonly parents: Int32Array;
  /** The condition of an edge by its place in `children`; absent where no edge has one. */
  readonly conditions?: ReadonlyMap<number, string>;
}

export function planTask(id: string, spec: TaskSpec, input?: Json, join: Join = joinDefault): PlannedTask {
  return {
    id,
    handler: spec.handler,
    queue: spec.queue ?? queueDefault,
    band: spec.band,
    retry: spec.retry === undefined ? retryPolicyDefault : { ...retryPolicyDefault, ...spec.retry },
    startToCloseMs: spec.startToCloseMs ?? startToCloseMsDefault,
    heartbeatTimeoutMs: spec.heartbeatTimeoutMs,
    scheduleToStartMs: spec.scheduleToStartMs,
    scheduleToCloseMs: spec.scheduleToCloseMs,
    delayMs: spec.delayMs ?? 0,
    claimFirst: spec.claimFirst ?? false,
    input,
    join,
  };
}

const noEdges = new Int32Array(0);
const oneNode = new Int32Array(2);

/** Specs of single tasks whose plans are kept; the one kept longest is forgotten for one more. */
const keptPlansMax = 1_024;
/** A longer spec is planned for its run alone, in UTF-16 code units of its JSON. */
const keptSpecCharsMax = 1_024;
const keptPlans = new Map<string, Dag>();

/**
 * The built-in workflow of a single task. Equal specs share one plan, as far as it is kept: a plan of its own cost each
 * waiting run 400 bytes.
 */
export function singleTaskDag(spec: TaskSpec): Dag {
  const text = JSON.stringify(spec);
  const kept = keptPlans.get(text);
  if (kept !== undefined) return kept;
  const dag = planSingle(spec);
  if (text.length > keptSpecCharsMax) return dag;
  if (keptPlans.size >= keptPlansMax) keptPlans.delete(keptPlans.keys().next().value!);
  keptPlans.set(text, dag);
  return dag;
}

function planSingle(spec: TaskSpec): Dag {
  return {
    name: undefined,
    tasks: [planTask('task', spec)],
    childFrom: oneNode,
    children: noEdges,
    parentFrom: oneNode,
    parents: noEdges,
  };
}
