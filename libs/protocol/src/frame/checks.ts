import {
  handlerNamePattern,
  isRunId,
  queueNamePattern,
  recallReasons,
  returnReasons,
  backOffs,
  chanceMax,
} from '@millrace/domain';
import { limits } from '../limits.js';
import { isTraceparent } from '../traceparent.js';

/** Gives what is wrong with a value, or undefined. Checks are total and never throw. */
export type Check = (value: unknown) => string | undefined;

const textCharsMax = 128 * 1024;
const nameCharsMax = limits.keyCharsMax;

const rule =
  (holds: (value: unknown) => boolean, fault: string): Check =>
  (value) =>
    holds(value) ? undefined : fault;

export const text = rule((value) => typeof value === 'string' && value.length <= textCharsMax, 'is no text');
export const name = rule(
  (value) => typeof value === 'string' && value !== '' && value.length <= nameCharsMax,
  `is no name of 1 to ${nameCharsMax} characters`,
);
export const traceparent = rule(isTraceparent, 'is no traceparent');
export const run = rule(isRunId, 'is no run id');
export const version = rule((value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), 'is no version');
export const bodyHash = rule((value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value), 'is no body hash');
export const count = rule((value) => Number.isSafeInteger(value) && (value as number) >= 0, 'is no count');
/** What a `Date` can hold. */
export const instant = rule(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 8_640_000_000_000_000,
  'is no instant',
);
export const positive = rule((value) => Number.isSafeInteger(value) && (value as number) >= 1, 'is not at least 1');
export const band = rule(
  (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 5,
  'is no band',
);
export const flag = rule((value) => typeof value === 'boolean', 'is no boolean');
export const handler = rule(
  (value) => typeof value === 'string' && handlerNamePattern.test(value),
  'is no handler name',
);
export const queue = rule((value) => typeof value === 'string' && queueNamePattern.test(value), 'is no queue name');
export const returnReason = oneOf(returnReasons);
export const recallReason = oneOf(recallReasons);
export const backOff = oneOf(backOffs);
export const payload = rule(
  (value) => depthWithin(value, limits.depthMax - 4),
  `is nested over ${limits.depthMax} deep`,
);
export const chance = rule(
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= chanceMax,
  'is no chance',
);

function oneOf(words: readonly string[]): Check {
  return rule((value) => words.includes(value as string), `is none of ${words.join(', ')}`);
}

/** An object with exactly these members; the fault names the member. */
export function object(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const checks = new Map([...Object.entries(required), ...Object.entries(optional)]);
  const needed = Object.keys(required);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object';
    const members = value as Record<string, unknown>;
    for (const key in members) {
      const check = checks.get(key);
      if (check === undefined) return `${key} is unknown`;
      const fault = check(members[key]);
      if (fault !== undefined) return `${key} ${fault}`;
    }
    for (const key of needed) if (members[key] === undefined) return `${key} is missing`;
    return undefined;
  };
}

export function list(item: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return 'is no list';
    for (let index = 0; index < value.length; index++) {
      const fault = item(value[index]);
      if (fault !== undefined) return `[${index}] ${fault}`;
    }
    return undefined;
  };
}

/** An object used as a map. */
export function record(item: Check): Check {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object';
    for (const [key, member] of Object.entries(value)) {
      const fault = item(member);
      if (fault !== undefined) return `${key.slice(0, 60)} ${fault}`;
    }
    return undefined;
  };
}

const error = object({ name: text, message: text }, { stack: text });
const outcomes: ReadonlyMap<unknown, Check> = new Map([
  ['succeeded', object({ kind: text }, { result: payload, taken: list(count) })],
  ['failed', object({ kind: text, error, retryable: flag, chance }, { retryAfterMs: count })],
  ['died', object({ kind: text, error })],
  ['timed_out', object({ kind: text, error, chance })],
]);

export const outcome: Check = (value) => {
  if (typeof value !== 'object' || value === null) return 'is no object';
  return outcomes.get((value as { kind?: unknown }).kind)?.(value) ?? unknownKind(value);
};

function unknownKind(value: object): string | undefined {
  return outcomes.has((value as { kind?: unknown }).kind) ? undefined : 'kind is unknown';
}

/** Is the value nested at most `depth` deep? Bounded by `depth`, so a bomb costs nothing. */
export function depthWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  const members = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) if (!depthWithin(member, depth - 1)) return false;
  return true;
}
