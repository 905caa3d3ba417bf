import { spawnSync } from 'node:child_process';
import { expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';

const client = createClient({ url: inject('millraceUrl') });
const noKcat = 'kcat is not here (Debian: apt-get install kcat), so the fourth order is sent by kafkajs.';

it('orders and is answered over Kafka alone, once for an event that is sent twice', async () => {
  const hasKcat = spawnSync('kcat', ['-V']).status === 0;
  if (!hasKcat) console.warn(noKcat);
  const lines = await runExample('06-kafka');
  expect(lines.slice(0, -1)).toEqual([
    ...(hasKcat ? [] : [noKcat]),
    'order 1: invoice of 10.00',
    'order 2: invoice of 20.00',
    'order 3: refused, request-invalid',
    'order 4: invoice of 40.00',
  ]);

  const batch = lines.at(-1)!.replace('batch ', '');
  const runsOf = async (number: number) => {
    const { runs } = await client.listRuns({ idempotencyKey: `cloudevent:["/shop","order-${batch}-${number}"]` });
    return runs.map(({ id }) => id);
  };
  const runs = await Promise.all([1, 2, 3, 4].map(runsOf));
  expect(runs.map(({ length }) => length)).toEqual([1, 1, 0, 1]);
  for (const [run] of [runs[0]!, runs[1]!, runs[3]!]) {
    expect((await client.waitForRun(run!)).run.status).toBe('succeeded');
  }
});
