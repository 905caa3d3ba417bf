import { expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';

const client = createClient({ url: inject('millraceUrl') });

it('shows how each kind of failure ends, and finds what needs somebody', async () => {
  const lines = await runExample('07-retries');
  const looked = lines.indexOf('What needs somebody to look at it:');
  expect(lines.slice(0, looked)).toEqual([
    'by-road: succeeded',
    '  attempt 1 failed The road is closed for P-by-road.',
    '  attempt 2 failed The road is closed for P-by-road.',
    '  attempt 3 succeeded',
    'by-sea: succeeded',
    '  attempt 1 failed The ferry sails in half a second.',
    '  attempt 2 succeeded',
    'by-rail: failed',
    '  attempt 1 failed There is no rail to where P-by-rail goes.',
    'by-balloon: dead_lettered',
    '  attempt 1 failed The wind is wrong for P-by-balloon.',
    '  attempt 2 failed The wind is wrong for P-by-balloon.',
    '  attempt 3 dead_lettered The wind is wrong for P-by-balloon.',
    'on-foot: timed_out',
    '  attempt 1 timed_out Expected the handler to end within 1000 ms, but it was still running.',
    '  attempt 2 timed_out Expected the handler to end within 1000 ms, but it was still running.',
  ]);
  expect(lines.slice(looked + 1).map((line) => line.split(' | ').slice(0, 4))).toEqual([
    ['  parcels.by-balloon', 'dead_lettered', '3', 'Error'],
    ['  parcels.by-rail', 'failed', '1', 'NonRetryableError'],
    ['  parcels.on-foot', 'timed_out', '2', 'StartToCloseExceeded'],
  ]);
});

it('waits as long as the policy, or the handler, says', async () => {
  const pauses = async (way: string): Promise<number[]> => {
    const retry = { failuresMax: 3, policy: 'fixed', delayMs: 100 } as const;
    const { run } = await client.submitTask({ handler: `parcels.${way}`, input: { parcel: 'P' }, retry });
    const { attempts } = await client.waitForRun(run);
    return attempts
      .slice(1)
      .map(({ dispatchedAt }, before) => Date.parse(dispatchedAt!) - Date.parse(attempts[before]!.finishedAt!));
  };
  const [byRoad, bySea] = await Promise.all([pauses('by-road'), pauses('by-sea')]);
  expect([byRoad.length, bySea.length]).toEqual([2, 1]);
  // A few milliseconds less: a worker's clock says when it finished, and partition time when the next was dispatched.
  for (const pausedMs of byRoad) expect(pausedMs).toBeGreaterThan(90);
  expect(bySea[0]).toBeGreaterThan(490);
});
