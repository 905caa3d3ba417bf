import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ran } from '../testing/ran.js';

/** What bash offers behind these words. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const { stdout: script } = await ran('completion', 'bash');
  const program = `${script}
COMP_WORDS=(millrace "$@"); COMP_CWORD=$#; _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync('bash', ['--norc', '-c', program, 'bash', ...words], { encoding: 'utf8' });
  return said.split('\n').filter(Boolean);
}

it('offers commands, verbs and flags in bash, those of the place where one is', async () => {
  expect(await offered('')).toEqual(expect.arrayContaining(['run', 'doctor', 'profile', 'completion']));
  expect(await offered('wor')).toEqual(['workflow', 'worker']);
  expect(await offered('run', 'sh')).toEqual(['show']);
  expect(await offered('run', 'submit', '--in')).toEqual(['--input']);
  expect(await offered('topics', 'apply', '--rep')).toEqual(['--replication']);
  expect(await offered('profile', 'sho')).toEqual(['show']);
});

it('offers the values of a flag in bash, and takes no value for a command', async () => {
  expect(await offered('run', 'list', '--status', 's')).toEqual(['succeeded']);
  expect(await offered('run', 'list', '-o', '')).toEqual(['table', 'json', 'jsonl']);
  expect(await offered('--profile', 'run', 'wor')).toEqual(['workflow', 'worker']);
  expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await offered('workflow', 'apply', '')).toEqual([]);
});

it.each(['bash', 'zsh', 'fish'])('writes a script that %s can read, where that shell is here', async (shell) => {
  const { code, stdout } = await ran('completion', shell);
  expect([code, stdout]).toEqual([0, expect.stringContaining('millrace')]);
  const { error, status, stderr } = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return;
  expect([status, stderr]).toEqual([0, '']);
});

it('names every shell where another is asked for', async () => {
  const { code, stdout, stderr } = await ran('completion', 'tcsh');
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('bash, zsh, fish')]);
});
