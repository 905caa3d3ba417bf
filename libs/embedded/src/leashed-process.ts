import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { endProcess, forgetRecord, recordOf, writeRecord, type ProcessRecord } from './process-record.js';

/** How a child of ours is started. */
export interface LeashedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The child's whole environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Both outputs are appended to this file. */
  readonly logFile: string;
  /** The child's record is kept here while it lives, for the next start to find. */
  readonly recordFile: string;
  /** More fields for that record. */
  readonly recordMore?: object;
  /** Ends the child in good order. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** Whether the child ends when this process dies, even by kill -9. Default true; needs `setpriv`, and without it the record must do. */
  readonly leash?: boolean;
  /** Runs the child as an ordinary user. `reach` keeps the right to pass folders closed to that user. Only root may ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly reach: boolean };
}

/** How a child ended; one of the two is set. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A child process that does not outlive us and does not hear our Ctrl-C: it has a process group of its own, so whoever started it decides
 * the order of stopping.
 */
export class LeashedProcess {
  readonly pid: number;
  readonly record: ProcessRecord;
  /** Resolves once, when the child has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  #exit: ProcessExit | undefined;

  private constructor(
    private readonly spec: LeashedCommand,
    pid: number,
    exited: Promise<ProcessExit>,
  ) {
    this.pid = pid;
    // A child that is gone already has no start time; the record then matches nothing.
    this.record = recordOf(pid) ?? { pid, startTicks: 'gone', bootId: 'gone' };
    writeRecord(spec.recordFile, { ...this.record, ...spec.recordMore });
    this.exited = exited.then((exit) => {
      this.#exit = exit;
      return exit;
    });
  }

  /** Starts the child. A command that does not exist either throws here or ends at once with code 127, and the log file says so. */
  static async start(spec: LeashedCommand): Promise<LeashedProcess> {
    const [command, ...args] = [...leashOf(spec), spec.command, ...spec.args] as [string, ...string[]];
    const output = openSync(spec.logFile, 'a', 0o600);
    try {
      const child = spawn(command, args, {
        cwd: spec.cwd,
        env: spec.env ?? process.env,
        stdio: ['ignore', output, output],
        detached: true,
      });
      const exited = new Promise<ProcessExit>((resolve) =>
        child.once('exit', (code, signal) => resolve({ code, signal })),
      );
      await once(child, 'spawn');
      child.on('error', () => undefined);
      try {
        return new LeashedProcess(spec, child.pid as number, exited);
      } catch (cause) {
        // A full disk: without its record nobody would find the child again.
        child.kill('SIGKILL');
        throw cause;
      }
    } finally {
      closeSync(output);
    }
  }

  /** How it ended, or undefined while it lives. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /** Sends a signal; false where the child has ended. */
  signal(signal: NodeJS.Signals): boolean {
    if (this.#exit !== undefined) return false;
    try {
      return process.kill(this.pid, signal);
    } catch {
      return false;
    }
  }

  /** Stops in good order, and by SIGKILL after `graceMs` milliseconds. Resolves when the child is gone. May be called twice. */
  async stop(graceMs: number): Promise<void> {
    if (this.#exit === undefined) await endProcess(this.record, this.spec.stopSignal ?? 'SIGTERM', graceMs);
    await this.exited;
    forgetRecord(this.spec.recordFile);
  }

  /** SIGKILL, as a crash would be. Resolves when the child is gone. May be called twice. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
    forgetRecord(this.spec.recordFile);
  }
}

/** Runs a command to its end with `input` on its standard input. Rejects with both its outputs where it fails or takes over a minute. */
export function runToEnd(
  spec: Pick<LeashedCommand, 'command' | 'args' | 'env' | 'user'>,
  input: string,
): Promise<void> {
  const [command, ...args] = [...leashOf({ ...spec, stopSignal: 'SIGKILL' }), spec.command, ...spec.args] as [
    string,
    ...string[],
  ];
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { env: spec.env, timeout: 60_000 }, (cause, stdout, stderr) => {
      if (cause === null) resolve();
      else reject(new Error(`${stdout}${stderr}`.trim() || cause.message, { cause }));
    });
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** What goes before the command: setpriv replaces itself by the command, so the pid stays the same. */
function leashOf(spec: Pick<LeashedCommand, 'user' | 'leash' | 'stopSignal'>): string[] {
  const { user } = spec;
  const wants = user !== undefined || spec.leash !== false;
  if (!wants || !hasSetpriv()) {
    if (user === undefined) return [];
    throw new Error(
      'Expected setpriv (package util-linux) to start a server as an ordinary user, but it is missing: install it, or do not run as root',
    );
  }
  const words = ['setpriv'];
  if (spec.leash !== false) words.push('--pdeathsig', (spec.stopSignal ?? 'SIGTERM').slice('SIG'.length));
  if (user !== undefined) words.push(`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups');
  if (user?.reach === true) words.push('--inh-caps=+dac_override', '--ambient-caps=+dac_override');
  return [...words, '--'];
}

let setprivFound: boolean | undefined;
function hasSetpriv(): boolean {
  if (setprivFound === undefined) {
    try {
      setprivFound = execFileSync('setpriv', ['--help'], { encoding: 'utf8' }).includes('--pdeathsig');
    } catch {
      setprivFound = false;
    }
  }
  return setprivFound;
}
