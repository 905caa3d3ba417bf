import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes by process. */
export type MemoryBytes = Readonly<Record<string, number>>;

const bytesPerKiB = 1_024;

/** Resident memory of each named process by the operating system's accounting (`VmRSS` in /proc). */
export function residentOf(pids: Readonly<Record<string, number>>): MemoryBytes {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, residentBytes(pid)]));
}

function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error(`Expected process ${pid} to have memory, but it has ended.`);
  return Number(kib) * bytesPerKiB;
}

/** Environment of a service that gives its heap out: see `heap-probe.mjs`. */
export function heapProbe(folder: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'heap-probe.mjs')}`, BENCH_HEAPS: folder };
}

const answerMs = 60_000;

/** What a process says of itself, see `heap-probe.mjs`. */
export interface Probed {
  /** In its heap and in buffers, once its garbage is collected: it collects all of it for this. */
  readonly heapBytes: number;
  /** The longest pause of its event loop since it was asked last. */
  readonly pauseMsMax: number;
}

/** Asks each named process in turn. */
export async function probe(
  pids: Readonly<Record<string, number>>,
  folder: string,
): Promise<Readonly<Record<string, Probed>>> {
  const found: Record<string, Probed> = {};
  for (const [name, pid] of Object.entries(pids)) {
    const file = join(folder, `${pid}.json`);
    rmSync(file, { force: true });
    process.kill(pid, 'SIGUSR2');
    const until = performance.now() + answerMs;
    while (!existsSync(file)) {
      if (performance.now() > until) throw new Error(`Expected ${name} to tell its heap within ${answerMs} ms.`);
      await sleep(20);
    }
    found[name] = JSON.parse(readFileSync(file, 'utf8')) as Probed;
  }
  return found;
}
