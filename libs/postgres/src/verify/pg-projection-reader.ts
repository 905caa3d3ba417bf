import type { Cell, CellValue, ProjectionPosition, ProjectionReader } from '@millrace/runtime';
import type pg from 'pg';
import { addressOf, databaseError } from '../database-error.js';
import { openDatabase } from '../open-database.js';
import { cellQueries, cellsOf, textOf, workflowQuery, type CellQuery } from './cell-queries.js';

/** Rows fetched at a time. */
const rowsMax = 2_000;
/** A statement without answer for this long counts as a lost connection: fetching begins with a scan of the table. */
const answerMsMax = 300_000;

/**
 * The projection in Postgres as it stands at the first call, in one read-only transaction that sees nothing of what a running
 * projector commits meanwhile. Throws `DatabaseUnavailable` and `DatabaseRefused`.
 */
export class PgProjectionReader implements ProjectionReader {
  #client: Promise<pg.Client> | undefined;
  #closed: Promise<void> | undefined;

  constructor(private readonly databaseUrl: string) {}

  async positions(): Promise<ProjectionPosition[]> {
    const text = `
      SELECT partition, next_offset::float8 AS to, (extract(epoch FROM at) * 1000)::float8 AS at,
        accepted::float8 AS accepted, rejected::float8 AS rejected, quarantined::float8 AS quarantined, nonce, hash::float8 AS hash
      FROM projection_positions ORDER BY partition`;
    const { rows } = await this.#query<ProjectionPosition>(text);
    return rows.map((row) => ({ ...row, from: row.to }));
  }

  async *cells(partition: number): AsyncGenerator<Cell[]> {
    for (const query of cellQueries) yield* this.#read(query, [partition]);
  }

  async *workflows(): AsyncGenerator<Cell[]> {
    yield* this.#read(workflowQuery, []);
  }

  /** Tolerates being called twice. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      const client = await this.#client?.catch(() => undefined);
      await client?.end().catch(() => {});
    })();
    return this.#closed;
  }

  async *#read(query: CellQuery, values: readonly unknown[]): AsyncGenerator<Cell[]> {
    await this.#query(`DECLARE cells NO SCROLL CURSOR FOR ${textOf(query)}`, values);
    try {
      for (;;) {
        const { rows } = await this.#query<Record<string, CellValue>>(`FETCH ${rowsMax} FROM cells`);
        if (rows.length === 0) return;
        yield rows.flatMap((row) => [...cellsOf(query, row)]);
      }
    } finally {
      await this.#query('CLOSE cells');
    }
  }

  async #query<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row & pg.QueryResultRow>> {
    try {
      const client = await (this.#client ??= this.#open());
      return await client.query<Row & pg.QueryResultRow>(text, [...values]);
    } catch (cause) {
      throw databaseError(addressOf(this.databaseUrl), cause);
    }
  }

  async #open(): Promise<pg.Client> {
    const client = await openDatabase(this.databaseUrl, { applicationName: 'millrace-verify', answerMsMax });
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return client;
  }
}
