import { addressOf, databaseError } from './database-error.js';
import { openDatabase, type OpenDatabaseOptions } from './open-database.js';

/** What a server and its database say of themselves. */
export interface DatabaseFacts {
  /** `host:port/database`. */
  readonly address: string;
  /** Such as `18.4`. */
  readonly version: string;
  /** It only takes reads, as a standby does. */
  readonly isReadOnly: boolean;
  readonly sizeBytes: number;
  readonly connections: number;
  readonly connectionsMax: number;
  /** The server's clock, and between which two readings of our own it was read. */
  readonly clock: { readonly at: number; readonly askedAt: number; readonly answeredAt: number };
}

const text = `
  SELECT current_setting('server_version') AS version,
    pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "isReadOnly",
    pg_database_size(current_database())::float8 AS "sizeBytes",
    (SELECT count(*) FROM pg_stat_activity)::int AS connections,
    current_setting('max_connections')::int AS "connectionsMax",
    (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at`;

/** Reads them and closes its connection. Throws `DatabaseUnavailable`, `DatabaseRefused`. */
export async function inspectDatabase(databaseUrl: string, options: OpenDatabaseOptions = {}): Promise<DatabaseFacts> {
  const client = await openDatabase(databaseUrl, options);
  try {
    const askedAt = Date.now();
    const { rows } = await client.query<Omit<DatabaseFacts, 'address' | 'clock'> & { readonly at: number }>(text);
    const { at, ...facts } = rows[0]!;
    return { address: addressOf(databaseUrl), ...facts, clock: { at, askedAt, answeredAt: Date.now() } };
  } catch (cause) {
    throw databaseError(addressOf(databaseUrl), cause);
  } finally {
    client.end().catch(() => {});
  }
}
