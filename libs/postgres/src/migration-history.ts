import type pg from 'pg';
import type { MigrationFile } from './migration-files.js';

/** How the files and the database's history compare; names in order. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  /** Not applied yet. */
  readonly pending: readonly string[];
  /** Applied, but the file has been changed since. */
  readonly changed: readonly string[];
  /** Applied, but there is no such file: the database belongs to a newer version of the code. */
  readonly unknown: readonly string[];
  /** Begun by another tool and never ended. */
  readonly unfinished: readonly string[];
}

/** Prisma's own table, so that its commands read the same history. */
export const createHistory = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;

interface HistoryRow {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

export async function compareHistory(client: pg.Client, files: readonly MigrationFile[]): Promise<MigrationStatus> {
  const rows = await readHistory(client);
  const recorded = new Map(rows.map((row) => [row.name, row]));
  const checksums = new Map(files.map((file) => [file.name, file.checksum]));
  const finished = rows.filter((row) => row.finished);
  return {
    applied: finished.map((row) => row.name),
    pending: files.filter((file) => !recorded.has(file.name)).map((file) => file.name),
    changed: finished
      .filter((row) => (checksums.get(row.name) ?? row.checksum) !== row.checksum)
      .map((row) => row.name),
    unknown: finished.filter((row) => !checksums.has(row.name)).map((row) => row.name),
    unfinished: rows.filter((row) => !row.finished).map((row) => row.name),
  };
}

async function readHistory(client: pg.Client): Promise<HistoryRow[]> {
  const { rows: found } = await client.query<{ found: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`,
  );
  if (!found[0]!.found) return [];
  const { rows } = await client.query<HistoryRow>(`
    SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
    FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`);
  return rows;
}
