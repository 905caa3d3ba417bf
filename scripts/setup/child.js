import { spawn, spawnSync } from 'node:child_process';
import { exitCode } from './command.js';
import { root } from './root.js';

const echoMs = 1_000;

/**
 * Becomes, as far as one can tell from outside, the given program: same terminal, same folder, signals passed on, and its exit code.
 *
 * The program gets a process group of its own. Ctrl-C in a terminal reaches every process of the foreground group, and `npm` sends it once
 * more; here only this process hears it, passes the first one on and drops its echo. A second Ctrl-C after a second is passed on again.
 * Should this process be killed, the kernel ends the program too (where `setpriv` is there to ask for it).
 */
export function become(command, args, { env = process.env, cwd = root } = {}) {
  const child = spawnLeashed(command, args, { cwd, env, stdio: 'inherit' });
  const lastSent = new Map();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - (lastSent.get(signal) ?? -Infinity) < echoMs) return;
      lastSent.set(signal, now);
      child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}

/** A child in a process group of its own, which the kernel ends with us where `setpriv` is there to ask for it. */
export function spawnLeashed(command, args, options) {
  const leash = canLeash() ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];
  const [program, ...rest] = [...leash, command, ...args];
  return spawn(program, rest, { ...options, detached: true });
}

function canLeash() {
  const { stdout } = spawnSync('setpriv', ['--help'], { encoding: 'utf8' });
  return (stdout ?? '').includes('--pdeathsig');
}
