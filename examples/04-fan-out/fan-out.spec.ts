import { expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';

const client = createClient({ url: inject('millraceUrl') });

it('joins 10,000 leaves, each of which ran once', async () => {
  const [workflow, run, ended, tasks, sum] = await runExample('04-fan-out');
  expect(workflow).toBe('workflow primes, 10001 tasks');
  expect(ended).toMatch(/^succeeded in \d+ ms$/);
  expect(tasks).toBe('10001 succeeded, at most 1 attempt');
  // There are 78,498 primes below a million.
  expect(JSON.parse(sum!)).toEqual({ leaves: 10_000, primes: 78_498 });

  const { run: shown } = await client.getRun(run!.replace('run ', ''));
  expect(shown).toMatchObject({ workflow: 'primes', taskCount: 10_001, status: 'succeeded' });
});

it('fans out as wide as it is asked to', async () => {
  expect((await runExample('04-fan-out', ['3'])).slice(-2)).toEqual([
    '4 succeeded, at most 1 attempt',
    '{"leaves":3,"primes":62}',
  ]);
});
