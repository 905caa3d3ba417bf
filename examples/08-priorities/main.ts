import { createClient } from '@millrace/client';
import { oneSlotWorker } from './worker.js';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });

/** One bulk, so that all of it waits in one log partition: its owner decides between what it has. */
const ticket = (name: string, band: 'critical' | 'high' | 'background') =>
  ({ handler: 'tickets.answer', input: { name }, band }) as const;
const names = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => kind + (index + 1));
const tickets = [
  ...names('newsletter-', 12).map((name) => ticket(name, 'background')),
  ...names('question-', 6).map((name) => ticket(name, 'high')),
  ...names('outage-', 6).map((name) => ticket(name, 'critical')),
];
const { items } = await client.submitBulk(tickets);
const runs = items.map((item) => ('run' in item ? item.run : ''));

// Nobody serves tickets yet, so what waits can still move: this newsletter turns out to be urgent.
const { verdict } = await client.setPriority(runs[11]!, 'critical');
console.log(`${tickets.length} tickets wait; newsletter-12 is critical now: ${verdict}`);

const answered: string[] = [];
const worker = oneSlotWorker((name) => answered.push(name));
await worker.start();
await Promise.all(runs.map((run) => client.waitForRun(run)));
await worker.stop();
for (const name of answered) console.log(name);
