import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { addressOf, databaseError, DatabaseUnavailable } from './database-error.js';

export interface OpenDatabaseOptions {
  /** Shown in `pg_stat_activity`. Default `millrace`. */
  readonly applicationName?: string;
  /** One try to connect ends after this. Default 5,000. */
  readonly connectMsMax?: number;
  /** A statement without answer ends the connection's use after this. Default 30,000. */
  readonly answerMsMax?: number;
}

/**
 * One connection. Throws `DatabaseUnavailable` where nobody answers in time and `DatabaseRefused` where the server says no.
 * A connection that breaks later tells its next caller; it never ends the process.
 */
export async function openDatabase(databaseUrl: string, options: OpenDatabaseOptions = {}): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: options.applicationName ?? 'millrace',
    connectionTimeoutMillis: options.connectMsMax ?? 5_000,
    query_timeout: options.answerMsMax ?? 30_000,
    keepAlive: true,
  });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    client.end().catch(() => {});
    throw databaseError(addressOf(databaseUrl), cause);
  }
  return client;
}

/**
 * Like `openDatabase`, but waits for a server that is down, trying once per half second for `waitMsMax` (then the last
 * `DatabaseUnavailable` is thrown). `onWaiting` hears the first failure.
 */
export async function waitForDatabase(
  databaseUrl: string,
  waitMsMax: number,
  options: OpenDatabaseOptions & { readonly onWaiting?: (error: DatabaseUnavailable) => void } = {},
): Promise<pg.Client> {
  const deadline = performance.now() + waitMsMax;
  for (let tries = 0; ; tries++) {
    try {
      return await openDatabase(databaseUrl, options);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || performance.now() >= deadline) throw error;
      if (tries === 0) options.onWaiting?.(error);
      await delay(500);
    }
  }
}
