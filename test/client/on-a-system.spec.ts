import { expect, inject, it } from 'vitest';
import { z } from 'zod';
import { createClient, defineTask } from '@millrace/client';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a system whose workers serve the examples' handlers. */
    millraceUrl: string;
  }
}

const client = createClient({ url: inject('millraceUrl') });
/** The handler of the first example. */
const hello = defineTask('hello', {
  input: z.object({ name: z.string() }),
  result: z.object({ greeting: z.string(), attempt: z.number() }),
});

it('submits and reads results by a contract, and says which field is another', async () => {
  const submitted = await client.submitTask(hello, { input: { name: 'Ada' } });
  expect(await client.waitForResult(hello, submitted)).toEqual({ greeting: 'Hello, Ada!', attempt: 1 });
  const other = defineTask('hello', { result: z.object({ greeting: z.number() }) });
  await expect(client.waitForResult(other, submitted)).rejects.toMatchObject({
    code: 'result-mismatch',
    detail: expect.stringContaining('greeting: expected number, found string "Hello, Ada!"'),
  });
});

it('follows a run that is not shown yet', async () => {
  const { run, position } = await client.submitTask(hello, { input: { name: 'Grace' } });
  const statuses: string[] = [];
  for await (const event of client.tailRun(run, { waitFor: position })) {
    if (event.kind === 'run') statuses.push(event.run.status);
  }
  expect(statuses.at(-1)).toBe('succeeded');
});

it('makes no second run of a bulk that is sent again, each submit having its key', async () => {
  const items = ['1', '2'].map((key) => ({ handler: 'hello', input: {}, idempotencyKey: `on-a-system-${key}` }));
  const first = await client.submitBulk(items);
  const again = await client.submitBulk(items);
  const runs = first.items.map((item) => ('run' in item ? item.run : item.problem.code));
  expect(again.items).toMatchObject(runs.map((run) => ({ run, verdict: 'known' })));
});

it('reads with every operation', async () => {
  const { run, position } = await client.submitTask(hello, { input: { name: 'Edsger' } });
  expect((await client.listRuns({ sort: 'requestedAt', limit: 1, waitFor: position })).runs).toHaveLength(1);
  for await (const task of client.taskRuns(run, { sort: '-task' })) expect(task.handler).toBe('hello');
  expect((await client.partitions()).partitions.length).toBeGreaterThan(0);
  expect((await client.rules()).partitions.length).toBeGreaterThan(0);
  await Promise.all([
    client.queues(),
    client.workers(),
    client.freshness(),
    client.listQuarantine(),
    client.listWorkflows(),
  ]);
  await expect(client.getWorkflow('none')).rejects.toMatchObject({ code: 'workflow-unknown', status: 404 });
  await expect(client.tailRun(`0000${'f'.repeat(32)}`).next()).rejects.toMatchObject({ code: 'run-unknown' });
});
