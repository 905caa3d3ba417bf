import { handlerNamePattern, isRunId, queueNamePattern } from '@millrace/domain';
import type { Heartbeat } from '@millrace/protocol';

type Holds = (value: unknown) => boolean;

/** As long as a name in the log may be: what a worker says of itself goes there. */
const nameCharsMax = 200;

const isName: Holds = (value) => typeof value === 'string' && value !== '' && value.length <= nameCharsMax;
const isCount: Holds = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isListOf =
  (holds: Holds): Holds =>
  (value) =>
    Array.isArray(value) && value.every((item) => holds(item));
const isHandler: Holds = (value) => typeof value === 'string' && handlerNamePattern.test(value);
const isOneOf =
  (...words: readonly string[]): Holds =>
  (value) =>
    words.includes(value as string);

const isDelivery = isObject({
  run: isRunId,
  task: isCount,
  attempt: isCount,
  epoch: isCount,
  state: isOneOf('held', 'claiming', 'running', 'ended'),
  nonce: (value) => value === undefined || isName(value),
  silentMs: (value) => value === undefined || isCount(value),
  runningMs: (value) => value === undefined || isCount(value),
  blocks: (value) => value === undefined || value === true,
});
const isCountOrAbsent: Holds = (value) => value === undefined || isCount(value);
const isQueue: Holds = (value) => typeof value === 'string' && queueNamePattern.test(value);
const isLine = isObject({
  ...{ queue: isQueue, band: isBand, waiting: isCount, since: isCountOrAbsent, dispatched: isCount, running: isCount },
});
const isOwned = isObject({
  lines: (value) => value === undefined || isListOf(isLine)(value),
  ...{ partition: isCount, epoch: isCount, position: isCount, entries: isCount },
  ...{ rejected: isCountOrAbsent, quarantined: isCountOrAbsent, rules: isCountOrAbsent },
});
const isHalted = isListOf(isObject({ partition: isCount, fault: isFault }));
const isHaltedOrAbsent: Holds = (value) => value === undefined || isHalted(value);
const isCountByPartition: Holds = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every((count) => isCount(count));

const isHeartbeatOf: Readonly<Record<string, Holds>> = {
  worker: isObject({
    handlers: isListOf(isHandler),
    queues: isQueues,
    credits: isListOf(isCount),
    deliveries: isListOf(isDelivery),
    blockedMs: (value) => value === undefined || isCount(value),
  }),
  dispatcher: isObject({ partitions: isListOf(isOwned), knows: isCount, halted: isHaltedOrAbsent }),
  ingest: isObject({ knows: isCount }),
  projector: isObject({
    ...{ positions: isCountByPartition, entries: isCountByPartition },
    ...{ knows: isCount, halted: isHaltedOrAbsent },
  }),
  query: isObject({ knows: isCount }),
};

/**
 * A heartbeat, or undefined for bytes that are none. Total, and strict in all that owners act upon or write into the log:
 * what is wrong in a heartbeat harms its sender only.
 */
export function readHeartbeat(value: Uint8Array | undefined): Heartbeat | undefined {
  if (value === undefined) return undefined;
  let parsed: { readonly v?: unknown; readonly id?: unknown; readonly kind?: unknown } | null;
  try {
    parsed = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as typeof parsed;
  } catch {
    return undefined;
  }
  if (parsed?.v !== 1 || !isName(parsed.id) || !Object.hasOwn(isHeartbeatOf, String(parsed.kind))) return undefined;
  return isHeartbeatOf[String(parsed.kind)]!(parsed) ? (parsed as Heartbeat) : undefined;
}

function isBand(value: unknown): boolean {
  return [1, 2, 3, 4, 5].includes(value as number);
}

function isFault(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 1_000;
}

function isObject(members: Readonly<Record<string, Holds>>): Holds {
  const checks = Object.entries(members);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    checks.every(([name, holds]) => holds((value as Record<string, unknown>)[name]));
}

function isQueues(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([queue, held]) => queueNamePattern.test(queue) && isListOf(isCount)(held));
}
