import type { QuarantineList } from '@millrace/protocol';
import { decodeCursor, page } from './cursor.js';
import { Prisma, type PrismaClient } from './prisma.js';

interface Row {
  readonly partition: number;
  readonly log_offset: bigint;
  readonly item_index: number;
  readonly cause: string;
  readonly detail: string;
}

/** By partition, offset and index. Throws `CursorInvalid`. */
export async function listQuarantine(
  prisma: PrismaClient,
  cursor: string | undefined,
  limit: number,
): Promise<QuarantineList> {
  const found = await prisma.$queryRaw<Row[]>`
    SELECT partition, log_offset, item_index, cause, detail FROM quarantine_records
    ${cursor === undefined ? Prisma.empty : after(cursor)}
    ORDER BY partition, log_offset, item_index LIMIT ${limit + 1}`;
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

function after(cursor: string): Prisma.Sql {
  const [partition, offset, index] = decodeCursor(cursor, ['integer', 'integer', 'integer']);
  return Prisma.sql`WHERE (partition, log_offset, item_index) > (${partition}, ${offset}, ${index})`;
}
