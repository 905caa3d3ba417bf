import { randomBytes } from 'node:crypto';
import { migrate } from '../migrate.js';
import { openDatabase } from '../open-database.js';

export interface FreshDatabase {
  readonly url: string;
  /** Gives the rows of the last statement. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A database of one spec's own on the server of `databaseUrl`, with all migrations unless `empty`. */
export async function freshDatabase(databaseUrl: string, { empty = false } = {}): Promise<FreshDatabase> {
  const name = `millrace_${randomBytes(6).toString('hex')}`;
  const run = async (database: string, sql: string) => {
    const client = await openDatabase(database);
    try {
      const results: unknown = await client.query(sql);
      return ((Array.isArray(results) ? results.at(-1) : results) as { rows: object[] }).rows;
    } finally {
      await client.end();
    }
  };
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  await run(databaseUrl, `CREATE DATABASE ${name}`);
  if (!empty) await migrate(url.href);
  return {
    url: url.href,
    query: <Row>(sql: string) => run(url.href, sql) as Promise<Row[]>,
    drop: async () => void (await run(databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}
