import type { Band } from '../band.js';
import type { Json } from '../json.js';
import type { RetryPolicy } from '../task/retry-policy.js';
import type { Join } from './join-rule.js';

/** What a task needs to run, wherever it stands. Absent members have the defaults named here. */
export interface TaskSpec {
  /** Names the handler that workers serve. */
  readonly handler: string;
  /** Default `default`. */
  readonly queue?: string;
  /** Default 3, `normal`. */
  readonly band?: Band;
  /** Absent members of it have the defaults of `retryPolicyDefault`. */
  readonly retry?: Partial<RetryPolicy>;
  /** An execution longer than this is ended by its worker and counts as failed. Default 300,000. */
  readonly startToCloseMs?: number;
  /** An execution whose handler does not call `heartbeat` for longer than this is ended and counts as failed. Default: no limit. */
  readonly heartbeatTimeoutMs?: number;
  /** Queued or dispatched and not started for longer than this, it has timed out. Default: no limit. */
  readonly scheduleToStartMs?: number;
  /** Not ended this long after it was queued first, over all attempts, it has timed out. Default: no limit. */
  readonly scheduleToCloseMs?: number;
  /** Waits this long, as `scheduled`, after its join is met and before it is queued. Default 0. */
  readonly delayMs?: number;
  /** The worker asks before it runs: each attempt starts at most once. Default false. */
  readonly claimFirst?: boolean;
}

/**
 * A parent, as its id or with a condition: the edge from it is taken where the parent succeeds and `when`, an expression in
 * CEL over `result` and `input` of the parent, is true. Not taken, the parent counts as skipped in this node's join.
 */
export type ParentRef = string | { readonly id: string; readonly when: string };

export function parentId(parent: ParentRef): string {
  return typeof parent === 'string' ? parent : parent.id;
}

export function conditionOf(parent: ParentRef): string | undefined {
  return typeof parent === 'string' ? undefined : parent.when;
}

/** One node of a workflow. */
export interface TaskNode extends TaskSpec {
  /** Unique in its workflow. */
  readonly id: string;
  /** The nodes that this one waits for, as its `join` says. */
  readonly dependsOn?: readonly ParentRef[];
  /** How the ends of `dependsOn` decide whether it runs. Default `all_success`. */
  readonly join?: Join;
  /** What the handler gets as its input; default: the run's input. */
  readonly input?: Json;
}

/** A workflow as a user writes it, in JSON or YAML. Its version is the SHA-256 of its canonical JSON. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly tasks: readonly TaskNode[];
}

export const startToCloseMsDefault = 300_000;
export const queueDefault = 'default';
