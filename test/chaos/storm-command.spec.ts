import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');

it.each([
  ['--minutes', '0'],
  ['--seed', 'x'],
  ['--kinds', 'kafka'],
  ['--kills-per-minute', '0'],
  ['-o', 'xml'],
])('refuses %s %s with one sentence before it starts anything', (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/Expected: npm run chaos -- /);
});
