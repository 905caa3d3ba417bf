import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const millrace = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'millrace.js');

/** What a command said and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs, with what it has written so far. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<CommandResult>;
}

/** Starts `millrace` as built, with `env` instead of any address that this process was given. */
export function startMillrace(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const { MILLRACE_KAFKA_BROKERS: _b, DATABASE_URL: _d, MILLRACE_URL: _u, ...inherited } = process.env;
  const child = spawn(process.execPath, [millrace, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { child, stdout: () => said.stdout, stderr: () => said.stderr, ended };
}

/** Runs `millrace` to its end. */
export function runMillrace(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return startMillrace(args, env).ended;
}
