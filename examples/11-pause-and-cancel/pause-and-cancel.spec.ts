import { expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';

const client = createClient({ url: inject('millraceUrl') });

it('dispatches nothing while the run is paused, and ends what runs when it is cancelled', async () => {
  const [first, ...lines] = await runExample('11-pause-and-cancel');
  expect(lines).toEqual([
    'pause: accepted',
    '  running and paused: lyon succeeded, geneva queued, zurich pending',
    'pause: unchanged',
    'resume: accepted',
    '  running: lyon succeeded, geneva running, zurich pending',
    'cancel: accepted',
    '  cancelled: lyon succeeded, geneva cancelled, zurich cancelled',
    'resume: run-ended',
  ]);
  const { run, tasks, attempts } = await client.getRun(first!.replace('run ', ''));
  expect(run.reason).toBe('flat tyre');
  expect(tasks.map(({ attempt }) => attempt)).toEqual([1, 1, 0]);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['succeeded', 'cancelled']);
});
