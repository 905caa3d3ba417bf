import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import type { Delivery } from '@millrace/protocol';
import { quietJournal } from '@millrace/runtime/testing';
import { systemClock } from '../system-clock.js';
import { delivery } from '../testing/given-worker.js';
import type { AloneEnd } from './alone-runs.js';
import { AloneProcesses } from './alone-processes.js';

const folder = mkdtempSync(join(tmpdir(), 'millrace-alone-'));
const file = join(folder, 'handlers.mjs');
writeFileSync(
  file,
  `import { writeFileSync } from 'node:fs';
  export default {
    pid: () => process.pid,
    'pid-then-block': ({ file }) => { writeFileSync(file, String(process.pid)); for (;;); },
    signalled: async () => { for (const name of ['SIGINT', 'SIGTERM']) process.kill(process.pid, name); await new Promise((end) => setTimeout(end, 50)); },
    parents: (_input, context) => [context.attempt, context.parentResults],
    beats: (_input, { heartbeat, checkpoint }) => { heartbeat(); heartbeat({ page: checkpoint.page + 1 }); },
    throws: () => { throw new TypeError('no'); },
    exits: () => process.exit(0),
    killed: () => process.kill(process.pid, 'SIGKILL'),
    blocks: () => { for (;;); },
    waits: (_input, { signal }) => new Promise((end) => signal.addEventListener('abort', () => end(signal.reason.message))),
  };`,
);
const processes = new AloneProcesses({ files: [file], clock: systemClock, journal: quietJournal() });
afterAll(() => {
  processes.stop();
  rmSync(folder, { recursive: true });
});

const beats: unknown[] = [];
const shortly = { timeout: 20_000, interval: 50 };
const run = (given: Delivery, signal = new AbortController().signal) =>
  new Promise<AloneEnd>((resolve) => processes.run(given, signal, resolve, (details) => beats.push(details)));

it('runs handlers of a module in a process of their own, which takes the next one when it lives on', async () => {
  const first = await run(delivery('pid'));
  expect(first).toMatchObject({ kind: 'succeeded', result: expect.any(Number) });
  expect(first).not.toMatchObject({ result: process.pid });
  expect(await run(delivery('pid'))).toEqual(first);
  expect(await run(delivery('parents', { attempt: 3, parents: { a: 1 } }))).toMatchObject({ result: [3, { a: 1 }] });
  expect(await run(delivery('throws'))).toMatchObject({
    kind: 'failed',
    error: { name: 'TypeError' },
    retryable: true,
  });
  expect(await run(delivery('unheard-of'))).toBe('not-served');
});

it('passes on what a handler says of itself', async () => {
  expect(await run(delivery('beats', { checkpoint: { page: 1 } }))).toEqual({ kind: 'succeeded' });
  expect(beats).toEqual([undefined, { page: 2 }]);
});

it.each([
  ['exits', 'exit code 0'],
  ['killed', 'signal SIGKILL'],
])('says how the process died of a handler that %s, and has another for the next', async (handler, how) => {
  const error = { name: 'ProcessDied', message: `Expected the handler to end, but its process died: ${how}.` };
  expect(await run(delivery(handler))).toEqual({ kind: 'died', error });
  expect(await run(delivery('pid'))).toMatchObject({ kind: 'succeeded' });
});

it('lives through signals that are meant for its worker', async () => {
  expect(await run(delivery('signalled'))).toEqual({ kind: 'succeeded' });
});

it('does not outlive its worker, not even while a handler blocks it', async () => {
  const pidFile = join(folder, 'pid');
  const worker = join(folder, 'worker.mjs');
  const given = delivery('pid-then-block', { input: { file: pidFile } });
  writeFileSync(
    worker,
    `import { AloneProcesses } from ${JSON.stringify(join(import.meta.dirname, '../../dist/alone/alone-processes.js'))};
    const clock = { now: () => Date.now(), after: (ms, then) => { const timer = setTimeout(then, ms); return () => clearTimeout(timer); } };
    const processes = new AloneProcesses({ files: [${JSON.stringify(file)}], clock, journal: console });
    processes.run(${JSON.stringify(given)}, new AbortController().signal, () => undefined);
    setInterval(() => undefined, 1_000);`,
  );
  const parent = spawn(process.execPath, [worker], { stdio: 'ignore' });
  const pid = await vi.waitFor(() => Number(readFileSync(pidFile, 'utf8') || expect.fail('not yet')), shortly);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), shortly);
});

it('lets an aborted handler end by itself, and ends one that blocks', async () => {
  const aborting = new AbortController();
  const [waits, blocks] = [run(delivery('waits'), aborting.signal), run(delivery('blocks'), aborting.signal)];
  await run(delivery('pid'));
  aborting.abort(new Error('asked'));
  expect(await waits).toMatchObject({ kind: 'succeeded', result: expect.stringContaining('asked') });
  expect(await blocks).toMatchObject({ kind: 'died' });
});
