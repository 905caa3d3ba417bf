import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { addressOf, databaseError, type DatabaseUnavailable } from './database-error.js';
import { migrationsFolder, readMigrationFiles, type MigrationFile } from './migration-files.js';
import { compareHistory, createHistory, type MigrationStatus } from './migration-history.js';
import { waitForDatabase } from './open-database.js';

export interface MigrateOptions {
  /** How long a server that is down is waited for; default 60,000. */
  readonly waitMsMax?: number;
  /** Hears once that the server is waited for. */
  readonly onWaiting?: (error: DatabaseUnavailable) => void;
  /** Default: prisma/migrations of this checkout. */
  readonly folder?: string;
}

/** The database's history does not fit the files; nothing was applied. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
  constructor(
    readonly fault: 'changed' | 'unknown' | 'unfinished',
    readonly migrations: readonly string[],
  ) {
    super(`Expected the database's migrations to fit this version, but ${refusals[fault]}: ${migrations.join(', ')}.`);
  }
}

const refusals = {
  changed: 'these were changed after they were applied (restore the files, and make a new migration of the change)',
  unknown: 'these are not known here (the database belongs to a newer version: use that one)',
  unfinished: 'these were begun by another tool and never ended (see its documentation on resolving them)',
};

/** Prisma takes the same lock, so neither runs beside the other. */
const advisoryLock = 72_707_369;
/** A migration of a large table may be silent for long. */
const answerMsMax = 10 * 60 * 1_000;

/**
 * Applies the migrations that are pending, in order; gives their names. Several callers at once are served one after the
 * other. Each migration and its entry in `_prisma_migrations` are one transaction, so being killed leaves nothing half done.
 * That is why Prisma's own engine is not used to apply: over its Postgres adapter it cuts a script at every semicolon, also
 * those in texts, commits each piece alone, and cannot tell afterwards where it was killed.
 *
 * Throws `MigrationRefused`, `DatabaseUnavailable`, `DatabaseRefused`.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const files = await readMigrationFiles(options.folder ?? migrationsFolder);
  return withDatabase(databaseUrl, options, async (client) => {
    await client.query(`SELECT pg_advisory_lock(${advisoryLock})`);
    await client.query(createHistory);
    const status = await compareHistory(client, files);
    for (const fault of ['changed', 'unknown', 'unfinished'] as const) {
      if (status[fault].length > 0) throw new MigrationRefused(fault, status[fault]);
    }
    const pending = files.filter((file) => status.pending.includes(file.name));
    for (const file of pending) await apply(client, file);
    return pending.map((file) => file.name);
  });
}

/** Changes nothing. Throws `DatabaseUnavailable`, `DatabaseRefused`. */
export async function migrationStatus(databaseUrl: string, options: MigrateOptions = {}): Promise<MigrationStatus> {
  const files = await readMigrationFiles(options.folder ?? migrationsFolder);
  return withDatabase(databaseUrl, options, (client) => compareHistory(client, files));
}

async function apply(client: pg.Client, file: MigrationFile): Promise<void> {
  await client.query('BEGIN');
  await client.query(file.sql);
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), file.checksum, file.name],
  );
  await client.query('COMMIT');
}

/** Closing the connection gives up an open transaction and the lock. */
async function withDatabase<Result>(
  databaseUrl: string,
  { waitMsMax = 60_000, onWaiting }: MigrateOptions,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = await waitForDatabase(databaseUrl, waitMsMax, { answerMsMax, onWaiting });
  try {
    return await use(client);
  } catch (error) {
    throw error instanceof MigrationRefused ? error : databaseError(addressOf(databaseUrl), error);
  } finally {
    await client.end().catch(() => {});
  }
}
