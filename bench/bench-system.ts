import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { LocalSystemOptions } from '../apps/cli/dist/up/local-system-options.js';
import { LocalSystem } from '../apps/cli/dist/up/local-system.js';
import type { SystemFile } from '../apps/cli/dist/up/system-file.js';
import { cpuOf, type CpuUs } from './cpu-accounting.ts';
import { heapProbe, probe, residentOf, type MemoryBytes, type Probed } from './memory-accounting.ts';

/** What a workload asks of its system. */
export interface SystemNeeds {
  /** Processes by kind, where they are not one of each and two workers. */
  readonly replicas?: LocalSystemOptions['replicas'];
  /** More environment for all services. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One system of its own for a bench: real broker, Postgres and services on this machine, one of each and two workers. */
export class BenchSystem {
  readonly database: pg.Client;
  readonly #system: LocalSystem;
  readonly #dataDir: string;

  private constructor(system: LocalSystem, dataDir: string, database: pg.Client) {
    this.#system = system;
    this.#dataDir = dataDir;
    this.database = database;
  }

  /** The system itself: addresses, processes and signals. */
  get local(): LocalSystem {
    return this.#system;
  }

  static async start({ replicas = {}, env: more = {} }: SystemNeeds = {}): Promise<BenchSystem> {
    const dataDir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const handlers = [join(import.meta.dirname, 'handlers.mjs')];
    const env = { LOG_LEVEL: 'warn', ...heapProbe(dataDir), ...more };
    const system = new LocalSystem({ dataDir, apiPort: null, handlers, replicas, env });
    await system.start();
    const database = new pg.Client({ connectionString: system.databaseUrl });
    await database.connect();
    return new BenchSystem(system, dataDir, database);
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.#system.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** CPU of every process of the system, and of this one as `client`. */
  cpu(): CpuUs {
    return cpuOf({ ...this.#pids(), client: process.pid });
  }

  /** Resident memory of our services: broker, Postgres and this process do not count. */
  memory(): MemoryBytes {
    return residentOf(this.#services());
  }

  /** What the same services hold in their heaps and buffers; each collects its garbage for this. */
  async heaps(): Promise<MemoryBytes> {
    return Object.fromEntries(Object.entries(await this.probe()).map(([name, { heapBytes }]) => [name, heapBytes]));
  }

  /** The same, with the longest pause of each one's event loop since it was asked last. */
  probe(): Promise<Readonly<Record<string, Probed>>> {
    return probe(this.#services(), this.#dataDir);
  }

  /** Posts JSON text and gives the answer; anything but 2xx is an error of the bench. */
  async post<T>(path: string, body: string): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(this.#system.apiUrl + path, { method: 'POST', headers, body });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`Expected ${path} to be accepted, but got ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }

  /** Entries that the projection has accepted so far, over all partitions: cheap to ask often. */
  async accepted(): Promise<number> {
    const { rows } = await this.database.query<{ sum: string | null }>(
      'SELECT sum(accepted) FROM projection_positions',
    );
    return Number(rows[0]?.sum ?? 0);
  }

  /** Resolves when `holds` gives true, asked every `everyMs`; throws after `withinMs`. */
  async until(what: string, holds: () => Promise<boolean>, { everyMs = 20, withinMs = 120_000 } = {}): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!(await holds())) {
      if (performance.now() > deadline)
        throw new Error(`Expected ${what} within ${withinMs} ms, but it did not happen.`);
      await sleep(everyMs);
    }
  }

  #services(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.#pids()).filter(([name]) => !['kafka', 'postgres'].includes(name)));
  }

  #pids(): SystemFile['pids'] {
    return (JSON.parse(readFileSync(join(this.#dataDir, 'system.json'), 'utf8')) as SystemFile).pids;
  }
}
