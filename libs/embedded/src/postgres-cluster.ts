import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';
import { runToEnd } from './leashed-process.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { ServerUser } from './postgres-user.js';
import { commandLineOf, endProcess, readRecord, recordOf, writeRecord, type ProcessRecord } from './process-record.js';

/** Owner of the database `millrace`, and superuser. */
export const roleName = 'millrace';
export const databaseName = 'millrace';

/** Where a server's folder keeps what. */
export function postgresPaths(dataDir: string) {
  return {
    data: join(dataDir, 'data'),
    draft: join(dataDir, 'data.new'),
    passwordDraft: join(dataDir, 'password.new'),
    access: join(dataDir, 'access.json'),
    record: join(dataDir, 'process.json'),
    log: join(dataDir, 'postgres.log'),
  };
}

/** What the folder remembers: the password that was made with it, and the port of the last start. */
export interface Access {
  readonly password: string;
  readonly port?: number;
}

/**
 * Makes the data folder with the database in it, or nothing where it exists. It is made beside its place and moved there when complete, so
 * a crash in between costs nothing but the time.
 */
export async function createCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
): Promise<void> {
  const paths = postgresPaths(dataDir);
  if (existsSync(join(paths.data, 'PG_VERSION'))) return;
  const password = randomBytes(18).toString('base64url');
  writeRecord(paths.access, { password } satisfies Access);
  rmSync(paths.draft, { recursive: true, force: true });
  mkdirSync(paths.draft, { mode: 0o700 });
  writeFileSync(paths.passwordDraft, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) {
    chownSync(paths.draft, user.uid, user.gid);
    chownSync(paths.passwordDraft, user.uid, user.gid);
  }
  const shared = { env: serverEnvironment(), ...(user === undefined ? {} : { user }) };
  try {
    const args = [...initArgs, `--pgdata=${paths.draft}`, `--pwfile=${paths.passwordDraft}`];
    await runToEnd({ ...shared, command: binaries.initdb, args }, '');
    // Single-user mode needs no running server, no port and no client library.
    const single = ['--single', '-D', paths.draft, 'postgres'];
    await runToEnd({ ...shared, command: binaries.postgres, args: single }, `CREATE DATABASE ${databaseName}\n`);
  } catch (cause) {
    throw new EmbeddedServerError(`Expected to make a Postgres data folder, but: ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    rmSync(paths.passwordDraft, { force: true });
  }
  renameSync(paths.draft, paths.data);
}

/** The built-in locale sorts by code point, the same on every machine. */
const initArgs = [
  `--username=${roleName}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
];

export function readAccess(dataDir: string): Access {
  const { access } = postgresPaths(dataDir);
  const known = readRecord<Access>(access);
  if (known !== undefined) return known;
  throw new EmbeddedServerError(
    `Expected the database's password in ${access}, but it is missing: restore the file, or delete ${dataDir} to begin anew.`,
  );
}

/** Nothing of ours: PG* variables and locales of the caller must not change how the server behaves. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * Stops the server that an earlier process left alive in this folder, and forgets the pid file of one that is dead. Without this, Postgres
 * refuses to start as soon as any process has got the old pid. Gives the pid that was stopped.
 */
export async function stopLeftoverServer(dataDir: string): Promise<number | undefined> {
  const paths = postgresPaths(dataDir);
  const recorded = readRecord<ProcessRecord>(paths.record);
  const candidates = [recorded, recordOfPidFile(join(paths.data, 'postmaster.pid'))];
  let stopped: number | undefined;
  for (const left of candidates) {
    if (left !== undefined && (await endProcess(left, 'SIGINT', 10_000, paths.data))) stopped = left.pid;
  }
  rmSync(join(paths.data, 'postmaster.pid'), { force: true });
  return stopped;
}

function recordOfPidFile(file: string): ProcessRecord | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return commandLineOf(pid).includes('postgres') ? recordOf(pid) : undefined;
}
