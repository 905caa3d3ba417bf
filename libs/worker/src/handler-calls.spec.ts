import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NonRetryableError, RetryAfterError } from './errors.js';
import type { TaskContext } from './handler.js';
import { delivery, heldHandler, settled, TestWorker } from './testing/given-worker.js';

async function outcomeOf(handler: () => unknown) {
  const test = await new TestWorker().join();
  test.worker.handle('h', handler);
  test.deliver([delivery('h')]);
  await settled();
  expect(test.settledTo).toBe(1);
  return test.of('TaskFinished')[0]!.outcome;
}

const circle: { self?: unknown } = {};
circle.self = circle;

describe('what a handler returns', () => {
  it('travels as the result, undefined as none', async () => {
    expect(await outcomeOf(async () => ({ rows: 3 }))).toEqual({ kind: 'succeeded', result: { rows: 3 } });
    expect(await outcomeOf(() => 'at once')).toEqual({ kind: 'succeeded', result: 'at once' });
    expect(await outcomeOf(async () => 2 ** 64)).toEqual({ kind: 'succeeded', result: 2 ** 64 });
    expect(await outcomeOf(async () => undefined)).toEqual({ kind: 'succeeded' });
  });

  it.each([
    ['a circle', circle],
    ['a BigInt', { big: 1n }],
    ['NaN', [Number.NaN]],
    ['a function', { f: () => 1 }],
    ['U+0000', { text: 'a\u0000b' }],
    ['a lone surrogate', ['\ud800']],
    ['a Map', new Map()],
    ['more than 128 KiB', 'x'.repeat(131_071)],
  ])('fails for good with a sentence when it is %s', async (_what, result) => {
    const outcome = await outcomeOf(async () => result);
    expect(outcome).toMatchObject({ kind: 'failed', retryable: false, chance: 7 });
    expect(outcome).toHaveProperty('error.message', expect.stringMatching(/^Expected .*but/));
  });
});

describe('what a handler throws', () => {
  it.each([
    ['a string', 'no luck', 'no luck'],
    ['undefined', undefined, expect.stringContaining('undefined')],
    ['a circular object', circle, expect.stringContaining('Circular')],
    ['an object that cannot be read', new Proxy({}, { get: () => expect.fail() }), expect.any(String)],
  ])('is a retryable failure when it is %s', async (_what, thrown, message) => {
    const outcome = await outcomeOf(async () => {
      throw thrown;
    });
    expect(outcome).toMatchObject({ kind: 'failed', retryable: true, chance: 7, error: { message } });
  });

  it.each([
    ['RetryAfterError', new RetryAfterError('busy', 1_500), 1_500],
    ['any error that says so', Object.assign(new Error('busy'), { retryAfterMs: 0.2 }), 1],
    ['an error of a delay below 0', new RetryAfterError('busy', -1), undefined],
    ['an error of a delay that is none', new RetryAfterError('busy', Number.NaN), undefined],
    ['an error of a delay that is endless', new RetryAfterError('busy', 1e300), 315_360_000_000],
  ])('asks for a delay when it is %s', async (_what, thrown, retryAfterMs) => {
    const outcome = await outcomeOf(async () => {
      throw thrown;
    });
    expect(outcome).toMatchObject({ kind: 'failed', retryable: true });
    expect(outcome.kind === 'failed' ? outcome.retryAfterMs : NaN).toBe(retryAfterMs);
  });

  it('keeps the name, the message and the stack of an error, bounded', async () => {
    const outcome = await outcomeOf(() => {
      throw new RangeError('x'.repeat(10_000));
    });
    if (outcome.kind !== 'failed') throw new Error('Expected a failure.');
    expect(outcome.error).toMatchObject({ name: 'RangeError', message: expect.stringMatching(/^x{999}…$/) });
    expect(outcome.error.stack!.length).toBeLessThanOrEqual(4_000);
  });

  it('is not retryable when it says so', async () => {
    const outcome = await outcomeOf(async () => {
      throw new NonRetryableError('never');
    });
    expect(outcome).toMatchObject({ kind: 'failed', retryable: false });
  });
});

describe('an input', () => {
  it('reaches the handler as its schema gives it out', async () => {
    const test = await new TestWorker().join();
    const schema = z.object({ chunk: z.coerce.number() });
    test.worker.handle('h', { schema }, async ({ chunk }) => chunk + 1);
    test.deliver([delivery('h', { input: { chunk: '4' } })]);
    await settled();
    expect(test.of('TaskFinished')[0]!.outcome).toEqual({ kind: 'succeeded', result: 5 });
  });

  it('that its schema refuses fails for good, and the handler does not run', async () => {
    const test = await new TestWorker().join();
    let ran = false;
    test.worker.handle('h', { schema: z.object({ chunk: z.number() }) }, () => void (ran = true));
    test.deliver([delivery('h', { input: { chunk: 'four' } })]);
    await settled();
    expect(ran).toBe(false);
    expect(test.of('TaskFinished')[0]!.outcome).toMatchObject({
      kind: 'failed',
      retryable: false,
      error: { name: 'InputRefused', message: expect.stringContaining('chunk: expected number, found string "four"') },
    });
  });
});

it('takes a schema in the place of options, and the type of the input from it', async () => {
  const test = await new TestWorker().join();
  test.worker.handle('h', z.object({ wide: z.number().min(8) }), ({ wide }) => wide * 2);
  test.deliver([delivery('h', { input: { wide: 8 } }), delivery('h', { input: { wide: 3 } }), delivery('h')]);
  await settled();
  const [doubled, ...refused] = test.of('TaskFinished').map(({ outcome }) => outcome);
  expect(doubled).toEqual({ kind: 'succeeded', result: 16 });
  expect(refused.map((outcome) => outcome.kind === 'failed' && outcome.error.message)).toEqual([
    expect.stringMatching(/handler h, but: wide: .*>=8 \(found number 3\)\.$/),
    'Expected the input to match the schema of handler h, but: input: expected object, found nothing.',
  ]);
});

it('gives a key that stays in the next attempt, and a fencing token where the attempt is claimed', async () => {
  const test = await new TestWorker().join();
  const seen: unknown[] = [];
  const look = (_input: unknown, context: TaskContext) =>
    seen.push([context.idempotencyKey, context.fencingToken]) && undefined;
  test.worker.handle('claims', { claimFirst: true }, look).handle('runs', look);
  const claimed = delivery('claims', { task: 3, attempt: 4 });
  test.deliver([claimed, delivery('runs')]);
  await settled();
  await test.verdict(claimed, true);
  expect(seen).toEqual([[`${claimed.run}-3`, 4]]);
  expect(test.of('TaskFinished').map(({ outcome }) => outcome)).toContainEqual(
    expect.objectContaining({ retryable: false, error: expect.objectContaining({ name: 'FencingTokenUnclaimed' }) }),
  );
});

it('grants nothing while large inputs fill its memory, hands further ones back, and goes on when they have ended', async () => {
  const test = await new TestWorker({ inputBytesMax: 100_000 }).join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  const granted = () => test.heartbeat.credits.reduce((sum, credit) => sum + credit, 0);
  const large = () => delivery('h', { input: 'x'.repeat(40_000) });
  test.deliver([large()]);
  test.deliver([large()]);
  const beyond = large();
  test.deliver([beyond]);
  await test.pass(500);
  expect([calls.length, granted()]).toEqual([2, 0]);
  expect(test.of('TaskReturned').map(({ run, reason }) => [run, reason])).toContainEqual([beyond.run, 'no-slot']);
  for (const call of calls) call.end();
  await settled();
  await test.pass(500);
  expect(granted()).toBe(10);
});

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
it('gives the handler its run, node, attempt, workflow, parents, trace and a logger that names them', async () => {
  const test = await new TestWorker().join();
  let seen: unknown;
  test.worker.handle('h', (input, context) => {
    const { run, task, id, attempt, workflow, parentResults, startToCloseMs, traceparent, logger } = context;
    seen = { input, run, task, id, attempt, workflow, parentResults, startToCloseMs, traceparent };
    logger.info({ rows: 2 }, 'read');
  });
  const sent = delivery('h', {
    task: 4,
    id: 'load',
    attempt: 2,
    workflow: 'etl',
    input: 1,
    parents: { extract: [7] },
    traceparent,
  });
  test.deliver([sent]);
  const { handler: _handler, parents, ...rest } = sent;
  expect(seen).toEqual({ ...rest, parentResults: parents });
  expect(test.journal.lines.find(({ message }) => message === 'read')!.fields).toEqual({
    run: sent.run,
    task: 4,
    attempt: 2,
    rows: 2,
  });
});

it('ends an execution at start-to-close: aborted, reported as timed out, deaf to what the handler does later', async () => {
  const test = await new TestWorker().join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  test.deliver([delivery('h', { startToCloseMs: 700 })]);
  await test.pass(500);
  expect(test.said).toEqual([]);
  await test.pass(250);
  expect(calls[0]!.signal.reason).toMatchObject({ name: 'StartToCloseExceeded', startToCloseMs: 700 });
  calls[0]!.end('late');
  await settled();
  expect(test.of('TaskFinished').map(({ outcome }) => outcome)).toEqual([
    { kind: 'timed_out', chance: 7, error: expect.objectContaining({ name: 'StartToCloseExceeded' }) },
  ]);
  expect(test.worker.condition).toMatchObject({ busy: 0, held: 0 });
});

it('says that an execution has started once it runs for a second', async () => {
  const test = await new TestWorker().join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  const sent = delivery('h');
  test.deliver([sent]);
  await test.pass(750);
  expect(test.said).toEqual([]);
  await test.pass(2_000);
  const [start, ...more] = test.starts(sent.run);
  expect(more).toEqual([]);
  expect(start).toEqual({
    type: 'TaskStarted',
    run: sent.run,
    task: 0,
    attempt: 1,
    worker: test.id,
    startedAt: expect.any(Number),
  });
  calls[0]!.end();
  await settled();
  expect(test.of('TaskFinished')[0]).toMatchObject({ startedAt: start!.startedAt, finishedAt: test.clock.now() });
});

it('reports what ended together in one frame', async () => {
  const test = await new TestWorker().join();
  test.worker.handle('h', async () => undefined);
  test.deliver(Array.from({ length: 8 }, () => delivery('h')));
  await settled();
  expect(test.log.texts('t.log', 0)).toHaveLength(1);
  expect(test.of('TaskFinished')).toHaveLength(8);
});
