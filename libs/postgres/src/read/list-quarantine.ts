import type { QuarantineList } from '@millrace/protocol';
import { decodeCursor, directionOf, page } from './cursor.js';
import { Prisma, type PrismaClient } from './prisma.js';

interface Row {
  readonly partition: number;
  readonly log_offset: bigint;
  readonly item_index: number;
  readonly cause: string;
  readonly detail: string;
}

export interface QuarantineFilter {
  readonly partition?: number | undefined;
  readonly cause?: string | undefined;
}

/** By partition, offset and index, either way. Throws `CursorInvalid`. */
export async function listQuarantine(
  prisma: PrismaClient,
  filter: QuarantineFilter,
  cursor: string | undefined,
  limit: number,
  descending = false,
): Promise<QuarantineList> {
  const { order, behind } = directionOf(descending);
  const found = await prisma.$queryRaw<Row[]>`
    SELECT partition, log_offset, item_index, cause, detail FROM quarantine_records
    WHERE TRUE ${matching(filter)} ${cursor === undefined ? Prisma.empty : after(cursor, behind)}
    ORDER BY partition ${order}, log_offset ${order}, item_index ${order} LIMIT ${limit + 1}`;
  const { rows, next } = page(found, limit, (row) => [row.partition, Number(row.log_offset), row.item_index]);
  const quarantine = rows.map(({ partition, log_offset, item_index, cause, detail }) => ({
    partition,
    offset: String(log_offset),
    index: item_index,
    cause,
    detail,
  }));
  return { quarantine, next };
}

function matching({ partition, cause }: QuarantineFilter): Prisma.Sql {
  return Prisma.sql`${partition === undefined ? Prisma.empty : Prisma.sql`AND partition = ${partition}`}
    ${cause === undefined ? Prisma.empty : Prisma.sql`AND cause = ${cause}`}`;
}

function after(cursor: string, behind: Prisma.Sql): Prisma.Sql {
  const [partition, offset, index] = decodeCursor(cursor, ['integer', 'integer', 'integer']);
  return Prisma.sql`AND (partition, log_offset, item_index) ${behind} (${partition}, ${offset}, ${index})`;
}
