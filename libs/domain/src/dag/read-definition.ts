import { isStorable } from '../json.js';
import { backOffs, type BackOff } from '../task/retry-policy.js';
import { plainJoinRules } from './join-rule.js';
import { validateWorkflow } from './validate-dag.js';
import type { TaskNode, WorkflowDefinition } from './workflow-definition.js';

type Claim = (value: unknown) => boolean;

const isText: Claim = (value) => typeof value === 'string';
const isPositive: Claim = (value) => Number.isSafeInteger(value) && (value as number) >= 1;
const isCount: Claim = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isBand: Claim = (value) => isPositive(value) && (value as number) <= 5;
const isFlag: Claim = (value) => typeof value === 'boolean';
const isPayload: Claim = (value) => isStorable(value);
const isTextList: Claim = (value) => Array.isArray(value) && value.every(isText);
const parentShape = shapeOf({ id: isText, when: isText });
const isParent: Claim = (value) => isText(value) || hasShape(value, parentShape);
const isParentList: Claim = (value) => Array.isArray(value) && value.every(isParent);
const retryShape = shapeOf(
  {},
  {
    failuresMax: isPositive,
    policy: (policy) => backOffs.includes(policy as BackOff),
    delayMs: isCount,
    factor: isPositive,
    delayMsMax: isCount,
    totalMs: isPositive,
    nonRetryable: isTextList,
  },
);
const isRetry: Claim = (value) => hasShape(value, retryShape);
const joinShape = shapeOf({ rule: (rule) => rule === 'n_of_m', n: isPositive });
const isJoin: Claim = (value) => (plainJoinRules as readonly unknown[]).includes(value) || hasShape(value, joinShape);

const nodeShape = shapeOf(
  { id: isText, handler: isText },
  {
    queue: isText,
    band: isBand,
    retry: isRetry,
    startToCloseMs: isPositive,
    heartbeatTimeoutMs: isPositive,
    scheduleToStartMs: isPositive,
    scheduleToCloseMs: isPositive,
    delayMs: isCount,
    claimFirst: isFlag,
    dependsOn: isParentList,
    join: isJoin,
    input: isPayload,
  },
);
const isNode: Claim = (value) => hasShape(value, nodeShape);
const isNodeList: Claim = (value) => Array.isArray(value) && value.every(isNode);

const definitionShape = shapeOf({ name: isText, tasks: isNodeList });

/** A valid workflow, or undefined for any other text. Total: the log may hold what nobody checked. */
export function readDefinition(body: string): WorkflowDefinition | undefined {
  const definition = readShape(body);
  return definition !== undefined && validateWorkflow(definition).length === 0 ? definition : undefined;
}

/** What has the members and types of a workflow; whether it is valid nobody has looked. */
export function readShape(body: string): WorkflowDefinition | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return hasShape(value, definitionShape) ? (value as WorkflowDefinition) : undefined;
}

/** Has this value the members and types of a node? */
export function isTaskNode(value: unknown): value is TaskNode {
  return isNode(value);
}

interface Shape {
  readonly claims: ReadonlyMap<string, Claim>;
  readonly required: readonly string[];
}

/** Made once: a map for each of a million nodes cost more than reading them. */
function shapeOf(required: Record<string, Claim>, optional: Record<string, Claim> = {}): Shape {
  const claims = new Map([...Object.entries(required), ...Object.entries(optional)]);
  return { claims, required: Object.keys(required) };
}

function hasShape(value: unknown, { claims, required }: Shape): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const key of Object.keys(value)) {
    if (claims.get(key)?.((value as Record<string, unknown>)[key]) !== true) return false;
  }
  return required.every((key) => Object.hasOwn(value, key));
}
