import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Names one process beyond doubt: a pid alone comes back after a while, but never with the same start time in the same boot of the
 * machine. `startTicks` is in clock ticks since that boot.
 */
export interface ProcessRecord {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

/** The record of a living process, or undefined where there is none with this pid. A zombie is not alive. */
export function recordOf(pid: number): ProcessRecord | undefined {
  const startTicks = startTicksOf(pid);
  return startTicks === undefined ? undefined : { pid, startTicks, bootId: bootId() };
}

/**
 * Whether exactly this process still lives. With a `mark` its command line must also contain that text, such as the folder it serves.
 * Never throws: what cannot be read is not alive.
 */
export function isAlive(record: ProcessRecord, mark = ''): boolean {
  if (record.bootId !== bootId() || record.startTicks !== startTicksOf(record.pid)) return false;
  return mark === '' || commandLineOf(record.pid).includes(mark);
}

/** The command line of a process with spaces between its arguments; empty where there is no such process. */
export function commandLineOf(pid: number): string {
  return readOr(`/proc/${pid}/cmdline`, '').replaceAll('\0', ' ').trim();
}

/**
 * Ends a process: `signal` first, SIGKILL after `graceMs` milliseconds. Resolves when it is gone, at most 5 seconds after SIGKILL, with
 * whether there was one; does nothing where it is gone already or lacks the `mark` (see `isAlive`). Throws where it is still there after
 * that, or belongs to another user.
 */
export async function endProcess(
  record: ProcessRecord,
  signal: NodeJS.Signals,
  graceMs: number,
  mark = '',
): Promise<boolean> {
  if (!isAlive(record, mark)) return false;
  send(record.pid, signal);
  if (await diesWithin(record, graceMs)) return true;
  send(record.pid, 'SIGKILL');
  if (await diesWithin(record, 5_000)) return true;
  throw new Error(`Expected process ${record.pid} to end after SIGKILL, but it is still there`);
}

/** Writes a record in one step, so that a reader sees the old one or the new one. */
export function writeRecord(file: string, record: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Reads what `writeRecord` wrote; undefined where there is no file or it is not one of ours. */
export function readRecord<T extends object>(file: string): T | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

export function forgetRecord(file: string): void {
  rmSync(file, { force: true });
}

async function diesWithin(record: ProcessRecord, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    if (!isAlive(record)) return true;
    await sleep(20);
  }
  return !isAlive(record);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Field 22 of /proc/<pid>/stat. The name in field 2 may hold spaces and brackets, so fields are counted from its last bracket. */
function startTicksOf(pid: number): string | undefined {
  const stat = readOr(`/proc/${pid}/stat`, '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === undefined || state === '' || state === 'Z' || state === 'X' ? undefined : fields[19];
}

let knownBootId: string | undefined;
function bootId(): string {
  knownBootId ??= readOr('/proc/sys/kernel/random/boot_id', 'unknown').trim();
  return knownBootId;
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
