import type { TaskContext } from '@millrace/worker';
import { expect, it } from 'vitest';
import { createTestEnvironment } from './index.js';

const workflow = {
  name: 'two',
  tasks: [
    { id: 'a', handler: 'a', startToCloseMs: 172_800_000 },
    { id: 'b', handler: 'b', dependsOn: ['a'] },
  ],
};

async function given(a: (input: unknown, context: TaskContext) => unknown = () => 1) {
  const calls: string[] = [];
  const counted = (name: string, handler: typeof a) => (input: unknown, context: TaskContext) => {
    calls.push(`${name} ${context.attempt}`);
    return handler(input, context);
  };
  const handlers = { a: counted('a', a), b: counted('b', () => 2) };
  const env = await createTestEnvironment({ handlers, workflows: [workflow] });
  return { env, calls, run: await env.startRun('two') };
}

it('fails a handler as often as it is told to, and its retries are the task run’s own', async () => {
  const { env, calls, run } = await given();
  env.faults.failHandler('a', 2);
  expect(await run.result()).toEqual({ a: 1, b: 2 });
  expect(calls).toEqual(['a 3', 'b 1']);
  expect((await run.detail()).tasks[0]).toMatchObject({ attempt: 3, failures: 2 });
});

it('runs again what a worker had done that died before it could say so, in the same attempt, and burns no retry', async () => {
  const { env, calls, run } = await given();
  env.faults.loseWorkerAfter('a');
  expect(await run.result()).toEqual({ a: 1, b: 2 });
  expect(calls).toEqual(['a 1', 'a 1', 'b 1']);
  expect((await run.detail()).tasks[0]).toMatchObject({ attempt: 1, failures: 0 });
});

it('runs elsewhere what a lost worker ran', async () => {
  const { env, calls, run } = await given((_, { attempt }) => attempt > 1 || env.sleep('1d'));
  await env.advance('1m');
  env.faults.loseWorker();
  await env.advance('30s');
  expect(calls).toEqual(['a 1', 'a 2', 'b 1']);
  const { run: ended, attempts } = await run.detail();
  expect(ended.status).toBe('succeeded');
  expect(attempts[0]).toMatchObject({ attempt: 1, outcome: 'worker_lost' });
});

it('runs nothing twice where every delivery comes again', async () => {
  const { env, calls, run } = await given((_, __) => env.sleep('1h'));
  await env.advance('1m');
  env.faults.redeliver();
  await run.ended();
  env.faults.redeliver();
  await env.advance('1h');
  expect(calls).toEqual(['a 1', 'b 1']);
});

it('goes on behind a dispatcher that died', async () => {
  const { env, calls, run } = await given((_, __) => env.sleep('1h'));
  await env.advance('1m');
  env.faults.restartDispatcher();
  expect((await run.ended()).run.status).toBe('succeeded');
  expect(calls).toEqual(['a 1', 'b 1']);
});
