import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running system can be reached; other commands find it by this. */
export interface SystemFile {
  /** The process that keeps it running. */
  readonly pid: number;
  readonly apiUrl: string;
  /** `host:port`, several separated by commas. */
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly topicsPrefix: string;
  readonly partitions: number;
  /** Addresses of services by process name. */
  readonly urls?: Readonly<Record<string, string>>;
  /** By process name; those that are being started again are absent. */
  readonly pids: Readonly<Record<string, number>>;
}

/** Readable by its owner alone: it holds the database's password. */
export function writeSystemFile(dataDir: string, system: SystemFile): void {
  const file = fileIn(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(system, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The system that runs in this folder, or undefined where none does: a file left by a crash does not count. */
export function readSystemFile(dataDir: string): SystemFile | undefined {
  try {
    const system = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as SystemFile;
    process.kill(system.pid, 0);
    return system;
  } catch {
    return undefined;
  }
}

export function removeSystemFile(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'system.json');
}
