import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { terminalOn } from '../output/terminal.js';
import { ran } from '../testing/ran.js';
import { doctorPage } from './doctor-page.js';
import type { Facts } from './facts.js';
import { ok, warn, worst } from './finding.js';
import { runChecks, type Check } from './run-checks.js';

const failing = (name: string, sentence: string): Check => ({
  ...{ name, remedy: `mend ${name}` },
  judge: () => Promise.reject(new Error(sentence)),
});

it('blames the first check for what several miss, and says what to do', async () => {
  const checks = [
    failing('broker', 'Expected Kafka, but no.'),
    failing('topics', 'Expected Kafka, but no.'),
    { name: 'disk', remedy: '', judge: async () => ok('Room enough.') },
  ];
  const findings = await runChecks(checks, {} as Facts);
  expect(findings.map(({ check, state, detail, remedy }) => [check, state, detail, remedy])).toEqual([
    ['broker', 'fail', 'Expected Kafka, but no.', 'mend broker'],
    ['topics', 'warn', 'Not known: see broker.', 'Mend broker first.'],
    ['disk', 'ok', 'Room enough.', null],
  ]);
  const plain = terminalOn({ isTTY: false } as NodeJS.WriteStream, {});
  expect(doctorPage(plain, findings)).toEqual([
    '✗ broker      Expected Kafka, but no.',
    '              -> mend broker',
    '! topics      Not known: see broker.',
    '              -> Mend broker first.',
    '✓ disk        Room enough.',
    '',
    '1 of 3 checks failed, and 1 warning.',
  ]);
});

it('gives up a check that nobody answers', async () => {
  vi.useFakeTimers();
  try {
    const running = runChecks([{ name: 'broker', remedy: 'r', judge: () => new Promise(() => {}) }], {} as Facts);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await running).toMatchObject([{ state: 'fail', detail: 'Expected an answer within 10 s, but none came.' }]);
  } finally {
    vi.useRealTimers();
  }
});

it('tells the worst of several, and how many more there are', () => {
  expect(worst([ok('a'), warn('B.', 'r'), warn('C.', 'r')])).toEqual(warn('B. And 1 more like it.', 'r'));
});

it('ends with 1 and one JSON object where everything is down', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('DATABASE_URL', 'postgres://127.0.0.1:1/none');
  try {
    const { code, stdout } = await ran(
      'doctor',
      '--brokers',
      '127.0.0.1:1',
      '--url',
      'http://127.0.0.1:1',
      '-o',
      'json',
    );
    const { ok: isWell, checks } = JSON.parse(stdout) as { ok: boolean; checks: { check: string; state: string }[] };
    const failed = checks.filter(({ state }) => state === 'fail').map(({ check }) => check);
    expect([code, isWell, failed]).toEqual([1, false, ['broker', 'database', 'services']]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  }
});
