import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedServerError, lastLines } from './embedded-server-error.js';
import { FolderLock } from './folder-lock.js';
import { isPortFree, sameOrFreePort } from './free-port.js';
import { LeashedProcess, type ProcessExit } from './leashed-process.js';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.js';
import {
  createCluster,
  databaseName,
  postgresPaths,
  readAccess,
  roleName,
  serverEnvironment,
  stopLeftoverServer,
} from './postgres-cluster.js';
import { serverUser, type ServerUser } from './postgres-user.js';
import { writeRecord } from './process-record.js';

/** How to start the server. */
export interface EmbeddedPostgresOptions {
  /** Everything the server keeps, and its log `postgres.log`. Made where it is missing; the same folder is the same database. */
  readonly dataDir: string;
  /** Port of 127.0.0.1. Default: that of the folder's last start where it is free, else any free one. Given and taken is an error. */
  readonly port?: number;
  /** Milliseconds until a server that is not ready counts as failed. Default 60,000; too small cuts the recovery after a crash short. */
  readonly readyMs?: number;
  /** Most connections at once. Default 100. */
  readonly connectionsMax?: number;
  /** Whether the server ends when this process dies. Default true. */
  readonly leash?: boolean;
  /** Told in one line what happens. Default: silent. */
  readonly log?: (line: string) => void;
}

const startsMax = 3;
const stopGraceMs = 15_000;
const pollMs = 25;

/**
 * One Postgres 18 server as a child process that listens on 127.0.0.1 alone, with the database `millrace` and a superuser of the same name
 * whose random password is kept in the folder. Writes are synced, so what was committed survives kill -9.
 */
export class EmbeddedPostgres {
  private constructor(
    /** For `DATABASE_URL`: postgresql://millrace:<password>@127.0.0.1:<port>/millrace. */
    readonly url: string,
    readonly port: number,
    /** The server's own output. */
    readonly logFile: string,
    private readonly process: LeashedProcess,
    private readonly lock: FolderLock,
  ) {}

  get pid(): number {
    return this.process.pid;
  }

  /** Resolves when the server has ended, also by itself. Never rejects. */
  get exited(): Promise<ProcessExit> {
    return this.process.exited;
  }

  /**
   * Starts the server of a folder and resolves when it takes connections: about 1 second the first time, a tenth of that later. A server
   * that an earlier process left alive in this folder is stopped first. As root it runs as an ordinary user that the machine has. Throws
   * FolderLockedError where a living process uses the folder, and EmbeddedServerError, with the server's last lines, where it fails.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const lock = FolderLock.take(options.dataDir);
    try {
      const paths = postgresPaths(options.dataDir);
      const binaries = findPostgres();
      const left = await stopLeftoverServer(options.dataDir);
      if (left !== undefined) options.log?.(`Postgres: stopped process ${left}, left by an earlier start`);
      const user = serverUser(paths.data, [binaries.postgres, paths.data]);
      await createCluster(options.dataDir, binaries, user);
      for (let attempt = 1; attempt <= startsMax; attempt++) {
        const server = await EmbeddedPostgres.#tryStart(options, lock, binaries, user);
        if (server !== undefined) return server;
        await sleep(200 * attempt);
      }
      throw new EmbeddedServerError(
        `Expected Postgres to start, but its port or memory was taken ${startsMax} times.`,
        {
          logFile: paths.log,
        },
      );
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Ends the sessions, writes a checkpoint and stops; SIGKILL after 15 seconds. May be called twice, also after `kill`. */
  async stop(): Promise<void> {
    await this.process.stop(stopGraceMs);
    this.lock.release();
  }

  /** SIGKILL, as a crash would be. The folder can be started again at once. May be called twice. */
  async kill(): Promise<void> {
    await this.process.kill();
    this.lock.release();
  }

  /** Undefined where the port, or shared memory of a server that just died, was still taken and another try makes sense. */
  static async #tryStart(
    options: EmbeddedPostgresOptions,
    lock: FolderLock,
    binaries: PostgresBinaries,
    user: ServerUser | undefined,
  ): Promise<EmbeddedPostgres | undefined> {
    const paths = postgresPaths(options.dataDir);
    const access = readAccess(options.dataDir);
    if (options.port !== undefined && !(await isPortFree(options.port))) {
      throw new EmbeddedServerError(
        `Expected port ${options.port} of 127.0.0.1 to be free for Postgres, but another process listens there.`,
      );
    }
    const port = options.port ?? (await sameOrFreePort(access.port));
    writeRecord(paths.access, { ...access, port });
    writeFileSync(paths.log, '');
    const child = await LeashedProcess.start({
      command: binaries.postgres,
      args: ['-D', paths.data, ...settings(port, options.connectionsMax ?? 100)],
      env: serverEnvironment(),
      logFile: paths.log,
      recordFile: paths.record,
      stopSignal: 'SIGINT', // SIGTERM would wait for every client to leave
      leash: options.leash ?? true,
      ...(user === undefined ? {} : { user }),
    });
    const failure = await untilReady(child, paths.data, options.readyMs ?? 60_000);
    if (failure === undefined) {
      options.log?.(`Postgres: 127.0.0.1:${port}, pid ${child.pid}`);
      const url = `postgresql://${roleName}:${access.password}@127.0.0.1:${port}/${databaseName}`;
      return new EmbeddedPostgres(url, port, paths.log, child, lock);
    }
    await child.kill();
    if (somethingWasTaken(paths.log)) return undefined;
    throw new EmbeddedServerError(`Expected Postgres to start in ${options.dataDir}, but ${failure}.`, {
      logFile: paths.log,
    });
  }
}

function settings(port: number, connectionsMax: number): string[] {
  return Object.entries({
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: connectionsMax,
    shared_buffers: '128MB',
    fsync: 'on',
    log_timezone: 'UTC',
    timezone: 'UTC',
  }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** Undefined when the server says in its pid file that it takes connections; otherwise the rest of the sentence "but ...". */
async function untilReady(child: LeashedProcess, folder: string, readyMs: number): Promise<string | undefined> {
  const deadline = performance.now() + readyMs;
  while (performance.now() < deadline) {
    if (child.exit !== undefined) return `it ended with ${child.exit.signal ?? `code ${child.exit.code}`}`;
    if (isReady(join(folder, 'postmaster.pid'), child.pid)) return undefined;
    await sleep(pollMs);
  }
  return `it was not ready within ${readyMs} ms`;
}

/** Line 1 of the pid file is the pid, line 8 the state. */
function isReady(pidFile: string, pid: number): boolean {
  try {
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function somethingWasTaken(logFile: string): boolean {
  return lastLines(logFile, 50).some(
    (line) => line.includes('Address already in use') || line.includes('pre-existing shared memory block'),
  );
}
