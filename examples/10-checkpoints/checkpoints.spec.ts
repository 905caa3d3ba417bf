import { expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';

const client = createClient({ url: inject('millraceUrl') });

it('goes on in another worker behind what the killed one had checkpointed', async () => {
  const [first, killed, resumed, ...lines] = await runExample('10-checkpoints');
  const run = /^run (\S+): 40 letters$/.exec(first!)![1]!;
  expect(killed).toBe('attempt 1 is killed after 25 letters');
  const from = Number(/^attempt \d+ goes on behind letter (\d+)$/.exec(resumed!)![1]);
  expect(from).toBeGreaterThan(0);
  expect(from).toBeLessThanOrEqual(25);
  expect(lines).toContain('  attempt 1 worker_lost');

  const { tasks, attempts } = await client.getRun(run);
  const [task] = tasks;
  expect(task).toMatchObject({ status: 'succeeded', failures: 0 });
  expect(task!.result).toEqual({ count: 40, attempt: task!.attempt, sentByThisAttempt: 40 - from });
  expect(new Set(attempts.map(({ worker }) => worker)).size).toBe(attempts.length);
});
