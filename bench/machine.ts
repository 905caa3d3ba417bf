import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** What a figure was measured on; printed with every result. */
export function describeMachine(): Readonly<Record<string, string | number>> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    linux: release(),
    node: process.version,
    java: javaVersion(),
    kafka: '4.4.0, one broker, page cache (no flush per message)',
    postgres: '18.4, fsync on, synchronous_commit=off for the projection',
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '-uno') === '' ? '' : ' with changes'),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Of the last minute. */
export function loadAverage(): number {
  return Math.round(loadavg()[0]! * 100) / 100;
}

function javaVersion(): string {
  try {
    return execFileSync('java', ['--version'], { encoding: 'utf8' }).split('\n')[0]!;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
