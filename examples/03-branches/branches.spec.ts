import { readFileSync } from 'node:fs';
import { beforeAll, expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';

const client = createClient({ url: inject('millraceUrl') });

beforeAll(() => client.registerWorkflow(readFileSync(new URL('workflow.yaml', import.meta.url), 'utf8')));

/** How each task of an order's run ended: its status, or why it was skipped. */
async function ends(input: { readonly item: string; readonly count: number }): Promise<Record<string, unknown>> {
  const { run } = await client.submitRun({ workflow: 'orders', input });
  const { run: ended, tasks } = await client.waitForRun(run);
  const told = tasks.find(({ id }) => id === 'tell')?.result;
  return {
    run: ended.status,
    told,
    ...Object.fromEntries(tasks.map(({ id, status, reason }) => [id, status === 'skipped' ? reason : status])),
  };
}

it('ships what is cheap without asking', async () => {
  expect(await ends({ item: 'pencil', count: 10 })).toEqual({
    ...{ run: 'succeeded', check: 'succeeded', approve: 'branch', refuse: 'branch', ship: 'succeeded' },
    ...{ tell: 'succeeded', told: { told: { ship: { shipped: 'pencil' } } } },
  });
});

it('ships what is dear once it is approved', async () => {
  expect(await ends({ item: 'piano', count: 1 })).toMatchObject({
    ...{ approve: 'succeeded', ship: 'succeeded', refuse: 'branch' },
  });
});

it('refuses what is not there, and says so', async () => {
  expect(await ends({ item: 'piano', count: 2 })).toEqual({
    ...{ run: 'succeeded', check: 'succeeded', approve: 'branch', ship: 'branch', refuse: 'succeeded' },
    ...{ tell: 'succeeded', told: { told: { refuse: { refused: 'piano' } } } },
  });
});

it('goes no way at all where the check fails', async () => {
  expect(await ends({ item: 'pencil', count: 0 })).toMatchObject({
    ...{ run: 'failed', check: 'failed', approve: 'upstream_failed', ship: 'upstream_failed', tell: 'upstream_failed' },
  });
});

it('prints which way each order took', async () => {
  expect(await runExample('03-branches')).toEqual([
    '10 x pencil: succeeded: check succeeded, ship succeeded, tell succeeded',
    '1 x piano: succeeded: check succeeded, approve succeeded, ship succeeded, tell succeeded',
    '2 x piano: succeeded: check succeeded, refuse succeeded, tell succeeded',
    '0 x pencil: failed: check failed',
  ]);
});
