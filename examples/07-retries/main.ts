import { createClient } from '@millrace/client';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });

/** At most three failed executions, 100 ms apart. The default is 1 s, doubled each time up to 60 s, with full jitter. */
const retry = { failuresMax: 3, policy: 'fixed', delayMs: 100 } as const;
const ways = ['by-road', 'by-sea', 'by-rail', 'by-balloon', 'on-foot'];

const answers = await Promise.all(
  ways.map((way) =>
    client.submitTask({
      handler: `parcels.${way}`,
      input: { parcel: `P-${way}` },
      retry: way === 'on-foot' ? { ...retry, failuresMax: 2 } : retry,
      startToCloseMs: 1_000,
    }),
  ),
);
for (const [index, { run }] of answers.entries()) {
  const { tasks, attempts } = await client.waitForRun(run);
  console.log(`${ways[index]}: ${tasks[0]!.status}`);
  for (const { attempt, outcome, error } of attempts) {
    console.log(`  attempt ${attempt} ${outcome} ${(error as { message?: string } | null)?.message ?? ''}`.trimEnd());
  }
}

const runs = answers.map(({ run }) => `'${run}'`).join(', ');
const dead = await client.sql(
  `SELECT handler, status, failures, error ->> 'name', error ->> 'message' FROM task_runs
   WHERE status IN ('dead_lettered', 'failed', 'timed_out') AND run_id IN (${runs}) ORDER BY handler`,
);
console.log('What needs somebody to look at it:');
for (const row of dead.rows) console.log(`  ${row.join(' | ')}`);
