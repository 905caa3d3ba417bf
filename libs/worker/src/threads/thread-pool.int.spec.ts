import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { quietJournal } from '@millrace/runtime/testing';
import { systemClock } from '../system-clock.js';
import { delivery, TestWorker } from '../testing/given-worker.js';
import { ThreadPool } from './thread-pool.js';

const folder = mkdtempSync(join(tmpdir(), 'millrace-threads-'));
const module = pathToFileURL(join(folder, 'handlers.mjs'));
const one = pathToFileURL(join(folder, 'one.mjs'));
writeFileSync(
  module,
  `import { isMainThread, threadId } from 'node:worker_threads';
  export default {
    where: () => ({ isMainThread, isOther: threadId > 0 }),
    context: (input, c) => { c.logger.info({ rows: 2 }, 'read'); return [input, c.run, c.attempt, c.id, c.parentResults, c.checkpoint, c.idempotencyKey, c.fencingToken]; },
    throws: () => { throw Object.assign(new TypeError('no'), { retryAfterMs: 5 }); },
    never: () => { throw Object.assign(new RangeError('never'), { retryable: false }); },
    big: () => 1n,
    exits: () => process.exit(3),
    late: () => new Promise(() => setTimeout(() => { throw new Error('nobody waits for it'); })),
    waits: (_input, { signal, heartbeat }) => new Promise((end) => { signal.addEventListener('abort', () => end(signal.reason.message)); heartbeat({ page: 7 }); }),
    says: (_input, { heartbeat }) => { heartbeat({ page: 1 }); heartbeat({ page: 2 }); throw new Error('boom'); },
    blocks: (_input, { heartbeat }) => { heartbeat({ page: 1 }); for (;;); },
  };`,
);
writeFileSync(one, `export default ({ wide }) => wide * 2;`);
const pools: ThreadPool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
  rmSync(folder, { recursive: true });
});

const shortly = { timeout: 20_000, interval: 20 };
async function given(threads = 2) {
  const pool = new ThreadPool({ threads, clock: systemClock, journal: quietJournal(), execArgv: [] });
  pools.push(pool);
  const test = await new TestWorker({ threads: pool }).join();
  const ended = (count: number) =>
    vi.waitFor(() => expect(test.of('TaskFinished')).toHaveLength(count), shortly).then(() => test.of('TaskFinished'));
  const run = async (name: string, more: Parameters<typeof delivery>[1] = {}, options = {}) => {
    test.worker.handle(name, options, module);
    test.deliver([delivery(name, more)]);
    return (await ended(1))[0]!.outcome;
  };
  return { test, run, ended };
}

it('runs the handler of a module in a thread, with what its attempt knows', async () => {
  expect(await (await given()).run('where')).toEqual({
    kind: 'succeeded',
    result: { isMainThread: false, isOther: true },
  });
  const { test } = await given();
  const sent = delivery('context', {
    input: { a: 1 },
    attempt: 3,
    id: 'n',
    parents: { up: [1] },
    checkpoint: { page: 2 },
  });
  test.worker.handle('context', { claimFirst: true }, module);
  test.deliver([sent]);
  await vi.waitFor(() => expect(test.starts(sent.run)).toHaveLength(1), shortly);
  await test.verdict(sent, true);
  await vi.waitFor(() => expect(test.of('TaskFinished')).toHaveLength(1), shortly);
  const expected = [{ a: 1 }, sent.run, 3, 'n', { up: [1] }, { page: 2 }, `${sent.run}-0`, 3];
  expect(test.of('TaskFinished')[0]!.outcome).toEqual({ kind: 'succeeded', result: expected });
  expect(test.journal.lines.find(({ message }) => message === 'read')!.fields).toMatchObject({
    run: sent.run,
    rows: 2,
  });
});

it('takes a default export that is a function, and checks the schema before it', async () => {
  const { test, ended } = await given();
  test.worker.handle('double', z.object({ wide: z.number() }), one);
  test.deliver([delivery('double', { input: { wide: 4 } }), delivery('double', { input: { wide: 'x' } })]);
  const outcomes = (await ended(2)).map(({ outcome }) => outcome);
  expect(outcomes).toContainEqual({ kind: 'succeeded', result: 8 });
  expect(outcomes).toContainEqual(expect.objectContaining({ kind: 'failed', retryable: false }));
});

it.each([
  ['throws', { retryable: true, retryAfterMs: 5, error: { name: 'TypeError', message: 'no' } }],
  ['never', { retryable: false, error: { name: 'RangeError', message: 'never' } }],
  ['big', { retryable: false, error: { name: 'ResultRefused' } }],
  ['unheard-of', { retryable: true, error: { message: expect.stringContaining('to export handler unheard-of') } }],
])('fails as the handler does: %s', async (name, outcome) => {
  expect(await (await given()).run(name)).toMatchObject({ kind: 'failed', ...outcome });
});

it.each([['exits'], ['late']])('fails the attempt alone whose thread died: %s', async (name) => {
  const { test, run, ended } = await given(2);
  test.worker.handle('waits', module);
  test.deliver([delivery('waits', { startToCloseMs: 600_000 })]);
  await vi.waitFor(() => expect(test.of('CheckpointSaved')).toHaveLength(1), shortly);
  expect(await run(name)).toMatchObject({ kind: 'failed', retryable: true, error: { name: 'ThreadDied' } });
  test.worker.handle('where', module);
  test.deliver([delivery('where')]);
  expect((await ended(2))[1]!.outcome.kind).toBe('succeeded');
  expect(test.worker.condition.busy).toBe(1);
});

it('hears its heartbeats, aborts its signal and ends a thread that goes on', async () => {
  const { test, ended } = await given(1);
  for (const name of ['blocks', 'where']) test.worker.handle(name, module);
  test.deliver([delivery('blocks', { startToCloseMs: 1_500 })]);
  await vi.waitFor(() => expect(test.of('CheckpointSaved')).toMatchObject([{ checkpoint: { page: 1 } }]), shortly);
  await test.pass(2_000);
  expect(test.of('TaskFinished')[0]!.outcome.kind).toBe('timed_out');
  test.deliver([delivery('where')]);
  expect((await ended(2))[1]!.outcome.kind).toBe('succeeded');
});

it('saves the checkpoint that was said right before the end', async () => {
  const { test, ended } = await given(1);
  test.worker.handle('says', module);
  for (let count = 1; count <= 5; count++) {
    test.deliver([delivery('says')]);
    await ended(count);
    const saved = test.of('CheckpointSaved').map(({ checkpoint }) => (checkpoint as { page: number }).page);
    expect(saved.filter((page) => page === 2)).toHaveLength(count);
    expect(saved.at(-1)).toBe(2);
  }
});
