import { expect, inject, it } from 'vitest';
import { createClient, type MillraceClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';

const client: MillraceClient = createClient({ url: inject('millraceUrl') });

it('greets whom the input names', async () => {
  const { run } = await client.submitTask({ handler: 'hello', input: { name: 'Ada' } });
  const { run: ended, tasks } = await client.waitForRun(run);
  expect(ended.status).toBe('succeeded');
  expect(tasks[0]).toMatchObject({ attempt: 1, result: { greeting: 'Hello, Ada!', attempt: 1 } });
});

it('fails for good on an input that can never be greeted', async () => {
  const { run } = await client.submitTask({ handler: 'hello', input: { name: 7 } });
  const { run: ended, tasks } = await client.waitForRun(run);
  expect(ended.status).toBe('failed');
  expect(tasks[0]).toMatchObject({
    attempt: 1,
    status: 'failed',
    error: { message: 'Expected a name, but found number.' },
  });
});

it('prints the greeting', async () => {
  const [run, greeting] = await runExample('01-first-task', ['Ada']);
  expect(run).toMatch(/^run [0-9a-f]{36}$/);
  expect(greeting).toBe('succeeded {"attempt":1,"greeting":"Hello, Ada!"}');
});
