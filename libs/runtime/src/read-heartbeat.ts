import type { Heartbeat } from '@millrace/protocol';

const membersByKind: Readonly<Record<string, readonly string[]>> = {
  worker: ['handlers', 'credits', 'deliveries'],
  dispatcher: ['partitions'],
  ingest: [],
  projector: [],
  query: [],
};

/** A heartbeat, or undefined for bytes that are none. Total: what is wrong in a heartbeat harms its sender only. */
export function readHeartbeat(value: Uint8Array | undefined): Heartbeat | undefined {
  if (value === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const members = parsed as Record<string, unknown>;
  const lists = membersByKind[String(members['kind'])];
  if (members['v'] !== 1 || typeof members['id'] !== 'string' || lists === undefined) return undefined;
  if (!lists.every((name) => isListOfThings(members[name]))) return undefined;
  if (members['kind'] === 'worker' && !isQueues(members['queues'])) return undefined;
  return parsed as Heartbeat;
}

function isListOfThings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => item !== null && item !== undefined);
}

function isQueues(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(Array.isArray);
}
