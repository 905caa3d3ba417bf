import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ScopeOptions, ScopeReport } from './explore.ts';
import { hunted } from './hunted.ts';

const command = join(import.meta.dirname, 'main.ts');

/** What a process finds that has loaded the code with the bug in it. */
function huntOf(mutant: string, scope: ScopeOptions): Promise<ScopeReport> {
  const { work, begin, faultsMax, depth, dispatchers = 2, without = new Set() } = scope;
  const named = { mutant, work, begin, faults: faultsMax, depth, dispatchers, without: [...without].join() };
  const args = Object.entries(named).map(([name, value]) => `--${name}=${value}`);
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [command, ...args, '-o', 'json'], { maxBuffer: 2 ** 24 }, (_failed, stdout, stderr) => {
      if (stdout === '') return void reject(new Error(`Expected a report of ${mutant}, but it said: ${stderr}`));
      resolve((JSON.parse(stdout) as { reports: [ScopeReport] }).reports[0]);
    }),
  );
}

it.each(hunted)(
  'sees %s by %s',
  async (mutant, rule, scope) => {
    const { counterexample, cpuSeconds, transitions } = await huntOf(mutant, scope);
    console.log(
      `${mutant}: ${transitions} interleavings, ${cpuSeconds} s of CPU, seen in ${counterexample?.moves.length} moves`,
    );
    expect(counterexample?.rule).toBe(rule);
  },
  300_000,
);
