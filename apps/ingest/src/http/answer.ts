import { positionHeader, type LogPosition } from '@millrace/protocol';
import type { FastifyReply } from 'fastify';

/** Sends JSON, with the positions that make a later read see what was written. */
export function answer(
  reply: FastifyReply,
  status: number,
  body: unknown,
  positions: readonly LogPosition[] = [],
): void {
  if (positions.length > 0) reply.header(positionHeader, headerOf(positions));
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

/** `partition:offset,...`, each partition once, its highest offset. */
function headerOf(positions: readonly LogPosition[]): string {
  const offsets = new Map<number, bigint>();
  for (const { partition, offset } of positions) {
    const before = offsets.get(partition);
    const next = BigInt(offset);
    if (before === undefined || next > before) offsets.set(partition, next);
  }
  return [...offsets].map(([partition, offset]) => `${partition}:${offset}`).join(',');
}
