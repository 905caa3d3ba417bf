import { readFileSync } from 'node:fs';
import { createClient } from '@millrace/client';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
await client.registerWorkflow(readFileSync(new URL('../workflow.yaml', import.meta.url), 'utf8'));

const orders = [
  { item: 'pencil', count: 10 },
  { item: 'piano', count: 1 },
  { item: 'piano', count: 2 },
  { item: 'pencil', count: 0 },
];
for (const input of orders) {
  const { run } = await client.submitRun({ workflow: 'orders', input });
  const { run: ended, tasks } = await client.waitForRun(run);
  const taken = tasks.filter(({ status }) => status !== 'skipped').map(({ id, status }) => `${id} ${status}`);
  console.log(`${input.count} x ${input.item}: ${ended.status}: ${taken.join(', ')}`);
}
