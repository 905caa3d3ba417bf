import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { root } from './root.js';

const outputMax = 1_000_000;

/**
 * Runs a command in the checkout and keeps its output. Resolves with the exit code (127 where there is no such command) and both outputs
 * together, at most a million characters from the end. `niceness` 19 takes what others leave of the processors, 0 is the default.
 */
export function run(command, args, { env = process.env, cwd = root, niceness = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (niceness !== 0 && child.pid !== undefined) setPriority(child.pid, niceness);
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-outputMax));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a command that the user watches. Resolves with its exit code, 128 + n where signal n ended it. */
export function show(command, args, { env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}

/** What a shell would report. */
export function exitCode(code, signal) {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
  return code ?? 128 + (numbers[signal] ?? 0);
}

/** The last lines of an output, indented, to follow a sentence. */
export function tail(output, linesMax = 15) {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(-linesMax)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Whether a download failed because nobody answered, rather than because of what was asked. */
export function sawNoNetwork(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|Unknown ?Host|NoPluginFoundForPrefix|Could not transfer|Connection refused|timed out|offline/i.test(
    output,
  );
}

/** Gives a silent registry up after a quarter of a minute; npm's own pauses add up to more than a minute without a word. */
export const npmRetries = ['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000'];
