import { Prisma } from './prisma.js';

/** The text that was passed as a cursor was not made here. */
export class CursorInvalid extends Error {
  override readonly name = 'CursorInvalid';
  constructor() {
    super('Expected a cursor as the answer before gave it in next, but this text is none.');
  }
}

/** Keyset cursors: the sort key of the last row, as opaque text. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** `shape` names the type of each member. Integers are 0 to 2^53. Throws `CursorInvalid`. */
export function decodeCursor(cursor: string, shape: readonly ('string' | 'integer')[]): (string | number)[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new CursorInvalid();
  }
  if (!Array.isArray(key) || key.length !== shape.length) throw new CursorInvalid();
  if (!key.every((member, index) => fits(member, shape[index]!))) throw new CursorInvalid();
  return key as (string | number)[];
}

function fits(member: unknown, type: 'string' | 'integer'): boolean {
  if (type === 'integer') return Number.isSafeInteger(member) && (member as number) >= 0;
  return typeof member === 'string' && member.length <= 500 && !member.includes('\0');
}

/** ORDER BY of keys that all go one way, and what lies behind a cursor. */
export function directionOf(descending: boolean): { readonly order: Prisma.Sql; readonly behind: Prisma.Sql } {
  return descending
    ? { order: Prisma.sql`DESC`, behind: Prisma.sql`<` }
    : { order: Prisma.sql`ASC`, behind: Prisma.sql`>` };
}

/** Cuts the row that was read beyond `limit` and says where to go on. */
export function page<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
): { rows: readonly Row[]; next: string | null } {
  if (rows.length <= limit) return { rows, next: null };
  const kept = rows.slice(0, limit);
  return { rows: kept, next: encodeCursor(keyOf(kept.at(-1)!)) };
}
