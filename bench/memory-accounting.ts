import { readFileSync } from 'node:fs';

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
