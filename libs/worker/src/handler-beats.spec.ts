import { expect, it } from 'vitest';
import type { TaskContext } from './handler.js';
import { delivery, settled, TestWorker } from './testing/given-worker.js';

/** A worker with a handler that never ends by itself, and its context once it was called. */
async function running(more: Parameters<typeof delivery>[1] = {}) {
  const test = await new TestWorker().join();
  let context: TaskContext | undefined;
  let fail: (error: Error) => void = () => undefined;
  test.worker.handle('h', (_input, given) => {
    context = given;
    return new Promise((_, reject) => (fail = reject));
  });
  const given = delivery('h', more);
  test.deliver([given]);
  await settled();
  return { test, given, context: context!, fail: (error: Error) => fail(error) };
}
const timeouts = { heartbeatTimeoutMs: 2_000 };

it('logs checkpoints at most once a second, the last one of each second', async () => {
  const { test, context } = await running();
  for (const page of [1, 2, 3]) context.heartbeat({ page });
  await settled();
  expect(test.of('CheckpointSaved').map(({ checkpoint }) => checkpoint)).toEqual([{ page: 1 }]);
  await test.pass(1_250);
  expect(test.of('CheckpointSaved').map(({ checkpoint }) => checkpoint)).toEqual([{ page: 1 }, { page: 3 }]);
});

it('logs the last checkpoint before a failure, and none after the end', async () => {
  const { test, context, fail } = await running();
  context.heartbeat(1);
  context.heartbeat(2);
  fail(new Error('boom'));
  await settled();
  context.heartbeat(3);
  await test.pass(2_000);
  const said = test.said.map((item) => (item.type === 'CheckpointSaved' ? item.checkpoint : item.type));
  expect(said.filter((each) => each !== 'TaskStarted')).toEqual([1, 2, 'TaskFinished']);
});

it('hands an attempt the checkpoint of the one before', async () => {
  expect((await running({ checkpoint: { page: 7 } })).context.checkpoint).toEqual({ page: 7 });
  expect((await running()).context.checkpoint).toBeUndefined();
});

it('refuses details that JSON cannot carry, where they are given', async () => {
  const { context } = await running();
  expect(() => context.heartbeat({ big: 1n })).toThrow(/Expected checkpoint.big to be something that JSON can carry/);
  expect(() => context.heartbeat('x'.repeat(131_072))).toThrow(/at most 131072 bytes/);
});

it('ends an attempt that is silent for its heartbeat timeout, and none that is not', async () => {
  const { test, context } = await running(timeouts);
  for (let second = 0; second < 5; second++) {
    await test.pass(1_000);
    context.heartbeat();
  }
  expect(test.of('TaskFinished')).toEqual([]);
  await test.pass(2_250);
  expect(test.of('TaskFinished')[0]!.outcome).toMatchObject({ kind: 'timed_out', error: { name: 'HeartbeatTimeout' } });
  expect(context.signal.aborted).toBe(true);
});

it('lists how long a handler has been silent, where it may not be', async () => {
  const { test } = await running(timeouts);
  await test.pass(1_750);
  const [listed] = test.heartbeat.deliveries;
  expect(listed?.silentMs).toBe(listed?.runningMs);
  expect((await running()).test.heartbeat.deliveries[0]?.silentMs).toBeUndefined();
});

it("takes a time in which its own process stood still, or a leap of its clock, for nobody's silence", async () => {
  const { test, context } = await running(timeouts);
  await test.pass(250);
  test.clock.set(30_000);
  await test.pass(250);
  await settled();
  expect(test.of('TaskFinished')).toEqual([]);
  context.heartbeat();
  await test.pass(1_500);
  expect(test.of('TaskFinished')).toEqual([]);
});
