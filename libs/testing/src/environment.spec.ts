import { defineTask, defineWorkflow } from '@millrace/client';
import { NonRetryableError, type TaskContext } from '@millrace/worker';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createTestEnvironment, NothingLeft, RunUnsuccessful } from './index.js';

const dayMs = 86_400_000;
const trial = `
name: trial
tasks:
  - id: charge
    handler: charge
    retry: { failuresMax: 5, policy: fixed, delayMs: 3600000, delayMsMax: 3600000 }
  - id: remind
    handler: remind
    delayMs: ${30 * dayMs}
    dependsOn: [charge]
`;
const one = (handler: string, more: object = {}) => ({ name: 'one', tasks: [{ id: 'a', handler, ...more }] });

it('runs a workflow of thirty days with hourly retries by its own handlers', async () => {
  const calls: string[] = [];
  const env = await createTestEnvironment({
    handlers: {
      charge: (input: unknown, { attempt }: TaskContext) => {
        calls.push(`charge ${attempt} of ${JSON.stringify(input)} at ${env.now().toISOString()}`);
        if (attempt < 3) throw new Error('card declined');
        return { paid: true };
      },
      remind: async (_input: unknown, { parentResults }: TaskContext) => {
        calls.push(`remind of ${JSON.stringify(parentResults)} at ${env.now().toISOString()}`);
        return 'sent';
      },
    },
    workflows: [trial],
  });
  const run = await env.startRun('trial', { input: { customer: 7 } });
  await env.advance('1h 59m');
  expect((await run.detail()).tasks.map(({ status }) => status)).toEqual(['backing_off', 'pending']);
  await env.advance('1m');
  expect((await run.detail()).tasks.map(({ status }) => status)).toEqual(['succeeded', 'scheduled']);
  await env.advance('30d');
  expect(await run.result()).toEqual({ charge: { paid: true }, remind: 'sent' });
  expect(calls).toEqual([
    'charge 1 of {"customer":7} at 2026-01-01T00:00:00.000Z',
    'charge 2 of {"customer":7} at 2026-01-01T01:00:00.000Z',
    'charge 3 of {"customer":7} at 2026-01-01T02:00:00.000Z',
    'remind of {"charge":{"paid":true}} at 2026-01-31T02:00:00.000Z',
  ]);
});

it('lets time pass by itself where a result is awaited', async () => {
  const env = await createTestEnvironment({ handlers: { charge: () => 1, remind: () => 2 }, workflows: [trial] });
  const run = await env.startRun('trial');
  expect(await run.result()).toEqual({ charge: 1, remind: 2 });
  expect(env.now().toISOString()).toBe('2026-01-31T00:00:00.000Z');
});

it('gives back-offs of the same length for the same seed, and others for another', async () => {
  const endOf = async (seed: number): Promise<number> => {
    const handlers = { a: (_: unknown, { attempt }: TaskContext) => attempt > 2 || Promise.reject(new Error('no')) };
    const env = await createTestEnvironment({ handlers, workflows: [one('a')], seed });
    await (await env.startRun('one')).result();
    return env.now().getTime();
  };
  const ends = [await endOf(1), await endOf(1), await endOf(2)];
  expect(ends[1]).toBe(ends[0]);
  expect(ends[2]).not.toBe(ends[0]);
});

it('checks inputs by the schemas of handlers, and says why a run failed', async () => {
  const handlers = { a: { schema: z.object({ n: z.number() }), handler: ({ n }: { n: number }) => n } };
  const env = await createTestEnvironment({ handlers, workflows: [one('a')] });
  const run = await env.startRun('one', { input: { n: 'many' } });
  await expect(run.result()).rejects.toThrow(RunUnsuccessful);
  await expect(run.result()).rejects.toThrow(/a failed \(Expected the input to match the schema of handler a, but: /);
});

it('ends what takes longer than its start-to-close, and tries it again', async () => {
  const reasons: unknown[] = [];
  const handlers = {
    a: async (_: unknown, { attempt, signal }: TaskContext) => {
      if (attempt === 2) return 'quick';
      await env.sleep('3d', { signal }).catch((error: Error) => reasons.push(error.name));
      return 'late';
    },
  };
  const env = await createTestEnvironment({ handlers, workflows: [one('a', { startToCloseMs: 2 * dayMs })] });
  const run = await env.startRun('one');
  await env.advance('2d 1m');
  expect(await run.result()).toEqual({ a: 'quick' });
  expect((await run.detail()).attempts.map(({ outcome }) => outcome)).toEqual(['timed_out', 'succeeded']);
  expect(reasons).toEqual(['StartToCloseExceeded']);
});

it('goes on from a checkpoint where a handler was silent for its heartbeat timeout', async () => {
  const from: unknown[] = [];
  const handlers = {
    a: async (_: unknown, { attempt, checkpoint, heartbeat, signal }: TaskContext) => {
      from.push(checkpoint ?? 0);
      for (let step = Number(checkpoint ?? 0); step < 6; step++) {
        heartbeat(step);
        await env.sleep(attempt === 1 && step === 3 ? '10m' : '20s', { signal });
      }
      return 'done';
    },
  };
  const env = await createTestEnvironment({ handlers, workflows: [one('a', { heartbeatTimeoutMs: 30_000 })] });
  const run = await env.startRun('one');
  expect(await run.result()).toEqual({ a: 'done' });
  expect(from).toEqual([0, 3]);
  const [first] = (await run.detail()).attempts;
  expect(first).toMatchObject({ attempt: 1, error: { name: 'HeartbeatTimeout' } });
});

it('stands still while a handler awaits something real', async () => {
  const handlers = {
    a: async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setTimeout(resolve, 2));
      return env.now().toISOString();
    },
  };
  const env = await createTestEnvironment({ handlers, workflows: [one('a')] });
  const run = await env.startRun('one');
  expect(await run.result()).toEqual({ a: '2026-01-01T00:00:00.000Z' });
});

it('pauses, resumes and cancels by the client', async () => {
  const env = await createTestEnvironment({ handlers: { charge: () => 1, remind: () => 2 }, workflows: [trial] });
  const run = await env.startRun('trial');
  await env.settle();
  expect(await env.client.pauseRun(run.id)).toMatchObject({ verdict: 'accepted' });
  await env.advance('40d');
  expect((await run.detail()).tasks.map(({ status }) => status)).toEqual(['succeeded', 'queued']);
  await expect(run.ended()).rejects.toThrow(NothingLeft);
  await expect(run.ended()).rejects.toThrow('remind waits for its run to be resumed');
  await run.resume();
  expect((await run.ended()).run.status).toBe('succeeded');

  const other = await env.startRun('trial');
  await env.advance('1d');
  await other.cancel('changed my mind');
  expect((await other.ended()).run).toMatchObject({ status: 'cancelled', endedAt: env.now().toISOString() });
  await expect(env.client.cancelRun(run.id)).rejects.toMatchObject({ code: 'run-ended' });
});

it('answers a client as the services do: keys, lists, bulk, tails, problems', async () => {
  const env = await createTestEnvironment({ handlers: { a: (input: unknown) => input }, workflows: [one('a')] });
  const { client } = env;
  const first = await client.submitRun({ workflow: 'one', idempotencyKey: 'k', input: 1 });
  expect(first.verdict).toBe('new');
  expect(await client.submitRun({ workflow: 'one', idempotencyKey: 'k', input: 1 })).toMatchObject({ run: first.run, verdict: 'known' }); // prettier-ignore
  await expect(client.submitRun({ workflow: 'one', idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'key-conflict' }); // prettier-ignore
  await expect(client.submitRun({ workflow: 'two' })).rejects.toMatchObject({ code: 'workflow-unknown' });
  await expect(client.sql('SELECT 1')).rejects.toMatchObject({ code: 'route-unknown' });
  const { items } = await client.submitBulk([{ handler: 'a', input: 2 }, { handler: '?' }]);
  expect(items).toMatchObject([{ run: expect.any(String) }, { problem: { code: 'request-invalid' } }]);
  const kinds: string[] = [];
  const told = (async () => {
    for await (const event of client.tailRun(first.run)) kinds.push(`${event.kind} ${event.kind === 'run' ? event.run.status : event.task.status}`); // prettier-ignore
  })();
  await env.settle();
  await told;
  expect(kinds.at(-1)).toBe('run succeeded');
  expect((await client.listRuns({ status: 'succeeded' })).runs.length).toBe(2);
});

it('runs a workflow that was made as code, with tasks of a contract', async () => {
  const double = defineTask('double', { input: z.object({ n: z.number() }), result: z.number() });
  const flow = defineWorkflow('twice')
    .task('a', double)
    .task('b', double, { dependsOn: ['a'], input: { n: 5 } });
  const handlers = { double: { schema: double.input!, handler: ({ n }: { n: number }) => 2 * n } };
  const env = await createTestEnvironment({ handlers, workflows: [flow.definition] });
  expect(await (await env.startRun('twice', { input: { n: 2 } })).result()).toEqual({ a: 4, b: 10 });
  expect(await env.client.waitForResult(double, await env.client.submitTask(double, { input: { n: 4 } }))).toBe(8);
});

it('says that nobody serves a handler, and refuses a workflow that is none', async () => {
  const env = await createTestEnvironment({ handlers: { a: () => 1 }, workflows: [one('b')] });
  const run = await env.startRun('one');
  await expect(run.result()).rejects.toThrow('a waits for a worker that serves its handler');
  const twice = { name: 'w', tasks: [one('a').tasks[0]!, one('a').tasks[0]!] };
  await expect(createTestEnvironment({ handlers: {}, workflows: [twice] })).rejects.toMatchObject({ code: 'workflow-invalid' }); // prettier-ignore
});

it('takes what is not retryable for the end', async () => {
  const handlers = { a: () => Promise.reject(new NonRetryableError('no such customer')) };
  const env = await createTestEnvironment({ handlers, workflows: [one('a')] });
  const { tasks, attempts } = await (await env.startRun('one')).ended();
  expect([tasks[0]!.status, attempts.length]).toEqual(['failed', 1]);
});
