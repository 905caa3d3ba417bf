import { crc32 } from 'node:zlib';
import type { Event, Json } from '@millrace/domain';
import { encodeFrame, encodeItem, packFarParents, type Delivery, type FarParent } from '@millrace/protocol';
import { expect, it } from 'vitest';
import type { TaskContext } from './handler.js';
import { HandFedAloneRuns } from './testing/hand-fed-alone-runs.js';
import { delivery, settled, TestWorker, topics } from './testing/given-worker.js';

const isDone = (test: TestWorker): boolean => test.of('TaskFinished').some(({ worker }) => worker === test.id);
/** Passes time until the worker has ended its attempt. */
async function ended(test: TestWorker) {
  for (let turn = 0; turn < 500 && !isDone(test); turn++) await settled();
  return test.of('TaskFinished').find(({ worker }) => worker === test.id)!.outcome;
}

/** A child whose parents `p0`, `p1`, ... have these results, each in a record of its own of log partition 0. */
async function given(
  results: readonly Json[],
  more: Partial<Delivery> = {},
  parts: ConstructorParameters<typeof TestWorker>[0] = {},
) {
  const test = await new TestWorker(parts).join();
  const child = delivery('h', { task: results.length, ...more });
  const parents: FarParent[] = [];
  for (const [task, result] of results.entries()) {
    const offset = test.log.partition(topics.log, 0).end;
    const at = { startedAt: 0, finishedAt: 0, outcome: { kind: 'succeeded', result } } as const;
    const item: Event = { type: 'TaskFinished', run: child.run, task, attempt: 1, worker: 'other', ...at };
    const value = Buffer.from(encodeFrame('other', task + 1, 0, [encodeItem(item)]));
    const headers = { crc32: crc32(value).toString(16).padStart(8, '0') };
    await test.log.append(topics.log, 0, [{ value, headers }]);
    parents.push({ id: `p${task}`, task, offset, index: 0, bytes: JSON.stringify(result).length });
  }
  return { test, child, parents };
}
const referring = (child: Delivery, parents: readonly FarParent[]): Delivery => ({
  ...child,
  farParents: packFarParents(parents),
});
const large = (letter: string): string => letter.repeat(100_000);
const length = (value: unknown): number => (value as string).length;

it('gives a handler the results that its delivery refers to, beside those that it carries', async () => {
  const { test, child, parents } = await given([large('a'), large('b')], { parents: { near: 1 } });
  test.worker.handle('h', async (_input, { parentResults, parentResult }) => [
    Object.entries(parentResults).map(([id, value]) => [id, String(value)[0]]),
    [await parentResult('near'), length(await parentResult('p1')), (await parentResult('nobody')) ?? null],
  ]);
  test.deliver([referring(child, parents)]);
  const result = [[['near', '1'], ['p0', 'a'], ['p1', 'b']], [1, 100_000, null]]; // prettier-ignore
  expect(await ended(test)).toEqual({ kind: 'succeeded', result });
});

it('reads more than 16 MiB while the handler asks for them, and refuses to give them at once', async () => {
  const { test, child, parents } = await given(Array.from({ length: 170 }, () => large('x')));
  test.worker.handle('h', async (_input, context: TaskContext) => {
    let bytes = 0;
    for await (const [, value] of context.eachParentResult()) bytes += length(value);
    try {
      return context.parentResults;
    } catch (error) {
      return [bytes, length(await context.parentResult('p169')), (error as Error).message];
    }
  });
  test.deliver([referring(child, parents)]);
  const outcome = await ended(test);
  expect(outcome).toMatchObject({ result: [17_000_000, 100_000, expect.stringContaining('eachParentResult')] });
});

it.each<[string, Partial<FarParent>]>([
  ['another task', { task: 1 }],
  ['another length', { bytes: 7 }],
  ['no item at all', { index: 3 }],
  ['no record any more', { offset: 1_000 }],
])('fails the task run for good where the log holds %s there', async (_title, wrong) => {
  const { test, child, parents } = await given([large('a')]);
  test.worker.handle('h', () => 'never');
  test.deliver([referring(child, [{ ...parents[0]!, ...wrong }])]);
  expect(await ended(test)).toMatchObject({
    kind: 'failed',
    retryable: false,
    error: { name: 'ParentResultLost', message: expect.stringContaining('task p0') },
  });
});

it('hands back, without a failure, what the log does not answer for, and a silent log is no silence of the handler', async () => {
  const { test, child, parents } = await given([large('a')]);
  let calls = 0;
  test.worker.handle('h', () => ++calls);
  const torn = { value: Buffer.from('torn'), headers: { crc32: '00000000' } };
  const offset = test.log.partition(topics.log, 0).end;
  await test.log.append(topics.log, 0, [torn]);
  test.deliver([{ ...referring(child, [{ ...parents[0]!, offset }]), heartbeatTimeoutMs: 1_000 }]);
  await test.pass(5_000);
  expect(test.of('TaskReturned')).toMatchObject([{ run: child.run, reason: 'input-unread' }]);
  expect([calls, isDone(test), test.worker.condition.busy]).toEqual([0, false, 0]);
});

it('gives what runs alone the results themselves', async () => {
  const alone = new HandFedAloneRuns();
  const { test, child, parents } = await given([large('a')], { alone: true }, { alone });
  test.worker.handle('h', () => 'here');
  test.deliver([referring(child, parents)]);
  await settled();
  await test.verdict(child, true);
  for (let turn = 0; turn < 500 && alone.given.length === 0; turn++) await settled();
  expect(alone.given[0]!.delivery).toEqual({ ...child, parents: { p0: large('a') } });
});
