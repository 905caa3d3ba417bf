import { expect, inject, it } from 'vitest';
import { createClient, type MillraceClient } from '@millrace/client';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a system whose workers serve the examples' handlers. */
    millraceUrl: string;
  }
}

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
