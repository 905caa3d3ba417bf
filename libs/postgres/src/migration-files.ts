import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A migration as it stands in prisma/migrations. */
export interface MigrationFile {
  /** Name of its folder: the time it was made, then what it does. Names sort in order of application. */
  readonly name: string;
  readonly sql: string;
  /** Hex SHA-256 of the file, as Prisma records it. */
  readonly checksum: string;
}

/** The checkout's own, seen from src and from dist alike. */
export const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations/', import.meta.url));

export async function readMigrationFiles(folder: string = migrationsFolder): Promise<MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readMigrationFile(folder, name)));
}

async function readMigrationFile(folder: string, name: string): Promise<MigrationFile> {
  const bytes = await readFile(join(folder, name, 'migration.sql'));
  return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
}
