import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of CPU by name since each process began. */
export type CpuUs = Readonly<Record<string, number>>;

/** Clock ticks of /proc are hundredths of a second on Linux. */
const usPerTick = 10_000;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended and were waited for. */
  readonly endedTicks: number;
}

/**
 * CPU time by the operating system's accounting (/proc, user + system), of each named process with its living and ended
 * children that have no name of their own: Postgres does its work in them.
 */
export function cpuOf(pids: Readonly<Record<string, number>>): CpuUs {
  const all = new Map<number, Stat>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readStat(entry) : undefined;
    if (stat !== undefined) all.set(Number(entry), stat);
  }
  const named = new Set(Object.values(pids));
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, ticksOf(pid, all, named) * usPerTick]));
}

/** What was used between two readings, by name. */
export function cpuBetween(before: CpuUs, after: CpuUs): CpuUs {
  return Object.fromEntries(Object.entries(after).map(([name, us]) => [name, us - (before[name] ?? 0)]));
}

function ticksOf(pid: number, all: ReadonlyMap<number, Stat>, named: ReadonlySet<number>): number {
  const own = all.get(pid);
  if (own === undefined) return 0;
  let ticks = own.ticks + own.endedTicks;
  for (const [child, { parent }] of all) {
    if (parent === pid && !named.has(child)) ticks += ticksOf(child, all, named);
  }
  return ticks;
}

function readStat(pid: string): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { parent: fields[1]!, ticks: fields[11]! + fields[12]!, endedTicks: fields[13]! + fields[14]! };
}
