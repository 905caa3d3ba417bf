import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { percentile, type Figures } from './figures.ts';
import type { LoneWorkload } from './workload.ts';

const millrace = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'millrace.js');

/** What is started, by the name of its figure. `node` is Node with an empty program: what is below can not be had. */
const commands: Readonly<Record<string, readonly string[]>> = {
  node: ['-e', '0'],
  '--help': [millrace, '--help'],
  'run --help': [millrace, 'run', '--help'],
  'topics --help': [millrace, 'topics', '--help'],
};

/** Cold starts of the command line, as built, one after the other: user and system time of the whole process. */
export const cliStart: LoneWorkload = {
  title: 'Start of the command line (CPU of one call, user and system)',
  needs: 'nothing',
  sizeDefault: 20,
  warmUpSize: 2,
  roundsDefault: 5,
  async round({ size }) {
    const figures: Record<string, number> = {};
    for (const [name, args] of Object.entries(commands)) {
      const measured = Array.from({ length: size }, () => cpuMsOf(args));
      figures[`cpuMs ${name}`] = percentile(measured, 50);
    }
    return figures satisfies Figures;
  },
};

/** By the accounting of a shell for its children: Node does not tell it of its own. */
function cpuMsOf(args: readonly string[]): number {
  const script = '"$@" >/dev/null && times';
  const told = execFileSync('bash', ['-c', script, 'bash', process.execPath, ...args], { encoding: 'utf8' });
  const [, children = ''] = told.trim().split('\n');
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce((sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1_000, 0);
}
