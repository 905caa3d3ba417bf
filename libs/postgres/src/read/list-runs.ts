import type { RunList, RunView } from '@millrace/protocol';
import { decodeCursor, directionOf, page } from './cursor.js';
import { Prisma, type PrismaClient } from './prisma.js';
import { toRunView, type RunViewRow } from './row-views.js';

/** Absent members do not filter. */
export interface RunFilter {
  readonly status?: RunView['status'];
  readonly workflow?: string;
  readonly tenant?: string;
  readonly idempotencyKey?: string;
  /** Requested at or after. */
  readonly since?: Date;
  /** Requested before. */
  readonly until?: Date;
}

/**
 * Newest first, or oldest first. Reads along the index on (requested_at, id); a rare status is looked for until the
 * time limit. A key has an index of its own.
 */
export async function listRuns(
  prisma: PrismaClient,
  filter: RunFilter,
  cursor: string | undefined,
  limit: number,
  descending = true,
): Promise<RunList> {
  const { order, behind } = directionOf(descending);
  const conditions = [...conditionsOf(filter), ...(cursor === undefined ? [] : [after(cursor, behind)])];
  const where = conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`;
  const found = await prisma.$queryRaw<RunViewRow[]>`
    SELECT id, partition, tenant, workflow, version, status, task_count, requested_at, ended_at, reason, paused_at,
      idempotency_key
    FROM runs ${where} ORDER BY requested_at ${order}, id ${order} LIMIT ${limit + 1}`;
  const { rows, next } = page(found, limit, (row) => [row.requested_at.getTime(), row.id]);
  return { runs: rows.map(toRunView), next };
}

function conditionsOf({ status, workflow, tenant, idempotencyKey, since, until }: RunFilter): Prisma.Sql[] {
  return [
    status === undefined ? undefined : Prisma.sql`status = ${status}`,
    workflow === undefined ? undefined : Prisma.sql`workflow = ${workflow}`,
    tenant === undefined ? undefined : Prisma.sql`tenant = ${tenant}`,
    idempotencyKey === undefined ? undefined : Prisma.sql`idempotency_key = ${idempotencyKey}`,
    since === undefined ? undefined : Prisma.sql`requested_at >= ${since}`,
    until === undefined ? undefined : Prisma.sql`requested_at < ${until}`,
  ].filter((condition) => condition !== undefined);
}

function after(cursor: string, behind: Prisma.Sql): Prisma.Sql {
  const [requestedAt, id] = decodeCursor(cursor, ['integer', 'string']);
  return Prisma.sql`(requested_at, id) ${behind} (${new Date(requestedAt as number)}, ${id as string})`;
}
