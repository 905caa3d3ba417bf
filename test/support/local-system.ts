import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalSystemOptions } from '../../apps/cli/dist/up/local-system-options.js';
import { LocalSystem } from '../../apps/cli/dist/up/local-system.js';
import type { ProcessKind, ServiceKind } from '../../apps/cli/dist/up/service-kinds.js';

export type { ProcessKind, ServiceKind } from '../../apps/cli/dist/up/service-kinds.js';

export interface TestSystem {
  /** The first ingest. */
  readonly apiUrl: string;
  readonly urls: Readonly<Record<ServiceKind, readonly string[]>>;
  /** `host:port`. */
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly prefix: string;
  readonly partitions: number;
  readonly dataDir: string;
  /** Sends a signal (default SIGKILL) to one process, counted from 0. One that ends by it is started again. False where it does not run. */
  kill(kind: ProcessKind, index?: number, signal?: NodeJS.Signals): boolean;
  /** In order; undefined for one that is being started again. */
  pidsOf(kind: ProcessKind): readonly (number | undefined)[];
  /** What each process of a kind has written so far, all its starts. The broker's and Postgres' logs begin anew at each start. */
  logsOf(kind: ProcessKind): readonly string[];
  /** Resolves when every process of a kind runs and answers ready. Throws after `withinMs` (default 60,000), with the ends of the logs. */
  whenReady(kind: ServiceKind, withinMs?: number): Promise<void>;
  /** Stops all and deletes the folder. May be called twice. MILLRACE_TEST_KEEP=1 keeps the folder. */
  stop(): Promise<void>;
}

/** Two of each service, as the stack tests want them. */
const two = { ingest: 2, dispatcher: 2, projector: 2, query: 2, worker: 2 } as const;
const pollMs = 50;

/**
 * Starts broker, database and services as built (`npm run build`) in a temporary folder and resolves when all are ready. Never uses
 * MILLRACE_KAFKA_BROKERS or DATABASE_URL: tests kill these servers.
 */
export async function startLocalSystem(options: Partial<LocalSystemOptions> = {}): Promise<TestSystem> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'millrace-stack-'));
  const system = new LocalSystem({ apiPort: null, ...options, dataDir, replicas: { ...two, ...options.replicas } });
  const stop = async (): Promise<void> => {
    await system.stop();
    const isOurs = options.dataDir === undefined && process.env['MILLRACE_TEST_KEEP'] !== '1';
    if (isOurs) rmSync(dataDir, { recursive: true, force: true });
  };
  await system.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const urlsOf = (kind: ServiceKind): string[] => system.urlsOf(kind);
  return {
    apiUrl: system.apiUrl,
    urls: {
      ingest: urlsOf('ingest'),
      dispatcher: urlsOf('dispatcher'),
      projector: urlsOf('projector'),
      query: urlsOf('query'),
      worker: urlsOf('worker'),
    },
    brokers: system.brokers,
    databaseUrl: system.databaseUrl,
    prefix: system.prefix,
    partitions: system.partitions,
    dataDir,
    kill: (kind, index, signal) => system.kill(kind, index, signal),
    pidsOf: (kind) => system.pidsOf(kind),
    logsOf: (kind) => system.logsOf(kind).map(read),
    whenReady: (kind, withinMs = 60_000) => whenReady(system, kind, withinMs),
    stop,
  };
}

async function whenReady(system: LocalSystem, kind: ServiceKind, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const run = system.pidsOf(kind).every((pid) => pid !== undefined);
    const answers = run ? await Promise.all(system.urlsOf(kind).map(isReady)) : [false];
    if (answers.every(Boolean)) return;
    if (performance.now() > deadline) {
      const ends = system.logsOf(kind).map((file) => `${file}:\n${read(file).split('\n').slice(-10).join('\n')}`);
      throw new Error(
        `Expected every ${kind} to be ready within ${withinMs} ms, but they are not.\n${ends.join('\n')}`,
      );
    }
    await sleep(pollMs);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
