import { cp, mkdtemp, rm, writeFile, appendFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { DatabaseUnavailable } from './database-error.js';
import { migrate, migrationStatus, MigrationRefused } from './migrate.js';
import { migrationsFolder, readMigrationFiles } from './migration-files.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

let database: FreshDatabase;
let folder: string;

beforeEach(async () => {
  database = await freshDatabase(inject('databaseUrl'), { empty: true });
  folder = await mkdtemp(join(tmpdir(), 'millrace-migrations-'));
  await cp(migrationsFolder, folder, { recursive: true });
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it('applies each migration once, whoever else applies at the same time', async () => {
  const names = (await readMigrationFiles()).map((file) => file.name);
  const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
  expect(applied.flat()).toEqual(names);
  expect(await migrate(database.url)).toEqual([]);
  expect(await migrationStatus(database.url)).toEqual({
    applied: names,
    pending: [],
    changed: [],
    unknown: [],
    unfinished: [],
  });
});

it('refuses a migration that was changed after it was applied', async () => {
  await migrate(database.url, { folder });
  const [first] = await readMigrationFiles(folder);
  await appendFile(join(folder, first!.name, 'migration.sql'), '-- changed');
  await expect(migrate(database.url, { folder })).rejects.toThrow(MigrationRefused);
  expect(await migrationStatus(database.url, { folder })).toMatchObject({ changed: [first!.name] });
});

it('refuses a database of a newer version', async () => {
  await addMigration('99990101000000_later', 'CREATE TABLE later (id integer)');
  await migrate(database.url, { folder });
  await expect(migrate(database.url)).rejects.toThrow('99990101000000_later');
});

it('leaves nothing of a migration that fails', async () => {
  await addMigration('99990101000000_broken', 'CREATE TABLE half (id integer); SELECT 1 / 0');
  await expect(migrate(database.url, { folder })).rejects.toThrow('division by zero');
  expect(await migrationStatus(database.url, { folder })).toMatchObject({
    pending: ['99990101000000_broken'],
    unfinished: [],
  });
  expect(await database.query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
});

it('explains every column of every view', async () => {
  await migrate(database.url);
  const bare = await database.query(`
    SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
      AND col_description(c.oid, a.attnum) IS NULL`);
  expect(bare).toEqual([]);
});

it('waits for a server that is down, says so once, and gives up in time', async () => {
  const heard: unknown[] = [];
  const waiting = migrate('postgresql://postgres@127.0.0.1:1/none', {
    waitMsMax: 600,
    onWaiting: (error) => heard.push(error),
  });
  await expect(waiting).rejects.toThrow(DatabaseUnavailable);
  expect(heard).toHaveLength(1);
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'migration.sql'), sql);
}
