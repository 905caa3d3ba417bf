import { isStorable } from '../json.js';
import { backOffs, type BackOff } from '../task/retry-policy.js';
import { plainJoinRules } from './join-rule.js';
import { validateWorkflow } from './validate-dag.js';
import type { WorkflowDefinition } from './workflow-definition.js';

type Claim = (value: unknown) => boolean;

const isText: Claim = (value) => typeof value === 'string';
const isPositive: Claim = (value) => Number.isSafeInteger(value) && (value as number) >= 1;
const isCount: Claim = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isBand: Claim = (value) => isPositive(value) && (value as number) <= 5;
const isFlag: Claim = (value) => typeof value === 'boolean';
const isPayload: Claim = (value) => isStorable(value);
const isTextList: Claim = (value) => Array.isArray(value) && value.every(isText);
const isParent: Claim = (value) => isText(value) || hasShape(value, { id: isText, when: isText }, {});
const isParentList: Claim = (value) => Array.isArray(value) && value.every(isParent);
const isRetry: Claim = (value) =>
  hasShape(
    value,
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
const isJoin: Claim = (value) =>
  (plainJoinRules as readonly unknown[]).includes(value) ||
  hasShape(value, { rule: (rule) => rule === 'n_of_m', n: isPositive }, {});

const nodeRequired = { id: isText, handler: isText };
const nodeOptional = {
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
};
const isNode: Claim = (value) => hasShape(value, nodeRequired, nodeOptional);
const isNodeList: Claim = (value) => Array.isArray(value) && value.every(isNode);

/** A valid workflow, or undefined for any other text. Total: the log may hold what nobody checked. */
export function readDefinition(body: string): WorkflowDefinition | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!hasShape(value, { name: isText, tasks: isNodeList }, {})) return undefined;
  const definition = value as WorkflowDefinition;
  return validateWorkflow(definition).length === 0 ? definition : undefined;
}

function hasShape(value: unknown, required: Record<string, Claim>, optional: Record<string, Claim>): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const claims = new Map([...Object.entries(required), ...Object.entries(optional)]);
  const members = Object.entries(value);
  return (
    members.every(([key, member]) => claims.get(key)?.(member) === true) &&
    Object.keys(required).every((key) => Object.hasOwn(value, key))
  );
}
