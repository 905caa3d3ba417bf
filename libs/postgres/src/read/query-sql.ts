import type { SqlResult } from '@millrace/protocol';
import type pg from 'pg';
import { addressOf, databaseError, DatabaseUnavailable, sqlStateOf } from '../database-error.js';
import { openDatabase } from '../open-database.js';
import { jsonTypes } from './sql-values.js';

/** The server did not run a caller's query. */
export class SqlRefused extends Error {
  override readonly name = 'SqlRefused';
  constructor(
    readonly sqlState: string,
    /** Where in the query, in characters from 1, where the server says so. */
    readonly position: number | undefined,
    options: { readonly cause: Error },
  ) {
    super(
      sqlState === '57014'
        ? 'Expected an answer within timeoutMs, but the query took longer. Narrow it, or allow more time.'
        : `Expected one SELECT, VALUES or WITH that Postgres can run, but it said: ${options.cause.message}.`,
      options,
    );
  }
}

const prefix = 'DECLARE answer NO SCROLL CURSOR FOR ';
const sliceRows = 200;
/** Of all rows together, as JSON; beyond it the answer is cut as if `rowsMax` were reached. */
export const sqlAnswerCharsMax = 16 * 1024 * 1024;

/**
 * Runs one statement in a read-only transaction over a connection of its own. A cursor takes only what gives rows, and the
 * extended protocol only one statement, so a caller can neither write nor end the transaction. What the database's user may
 * read, the caller may read: give the read API a user without more rights than that.
 * Throws `SqlRefused`, `DatabaseUnavailable`, `DatabaseRefused`.
 */
export async function querySql(
  databaseUrl: string,
  query: string,
  rowsMax: number,
  timeoutMs: number,
): Promise<SqlResult> {
  const client = await openDatabase(databaseUrl, { applicationName: 'millrace-sql', answerMsMax: timeoutMs + 2_000 });
  try {
    await client.query(
      `SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET statement_timeout = ${timeoutMs}; BEGIN READ ONLY`,
    );
    await client.query(extended(prefix + query));
    return await readAnswer(client, rowsMax);
  } catch (cause) {
    const error = databaseError(addressOf(databaseUrl), cause);
    if (error instanceof DatabaseUnavailable) throw error;
    const position = Number((cause as { position?: string }).position) - prefix.length;
    throw new SqlRefused(sqlStateOf(cause)!, position > 0 ? position : undefined, { cause: cause as Error });
  } finally {
    client.end().catch(() => {});
  }
}

async function readAnswer(client: pg.Client, rowsMax: number): Promise<SqlResult> {
  const rows: unknown[][] = [];
  let fields: readonly pg.FieldDef[] = [];
  let chars = 0;
  let over = false;
  while (!over) {
    const text = `FETCH ${Math.min(sliceRows, rowsMax + 1 - rows.length)} FROM answer`;
    const slice = await client.query<unknown[]>({ text, rowMode: 'array', types: jsonTypes });
    fields = slice.fields;
    for (const row of slice.rows) {
      chars += JSON.stringify(row).length;
      over = rows.length === rowsMax || chars > sqlAnswerCharsMax;
      if (over) break;
      rows.push(row);
    }
    if (slice.rows.length === 0) break;
  }
  return { columns: await columnsOf(client, fields), rows, truncated: over };
}

async function columnsOf(client: pg.Client, fields: readonly pg.FieldDef[]): Promise<SqlResult['columns']> {
  const ids = [...new Set(fields.map((field) => field.dataTypeID))];
  const { rows } = await client.query<{ id: string; name: string }>(
    'SELECT id::text, format_type(id, NULL) AS name FROM unnest($1::oid[]) AS id',
    [ids],
  );
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return fields.map((field) => ({ name: field.name, type: names.get(String(field.dataTypeID)) ?? 'unknown' }));
}

/** One statement alone: the simple protocol would run several. */
function extended(text: string): pg.QueryConfig {
  return { text, queryMode: 'extended' } as pg.QueryConfig;
}
