import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createClient } from '@millrace/client';
import { webhookServer } from './server.js';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
const server = webhookServer(client).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/payments`;

/** What the provider does. */
async function deliver(event: string, cents: number) {
  const body = JSON.stringify({ invoice: 'INV-7', cents });
  const headers = { 'content-type': 'application/json', 'x-event-id': event };
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, ...((await response.json()) as { run?: string; code?: string }) };
}

const event = randomUUID();
const atOnce = await Promise.all(Array.from({ length: 20 }, () => deliver(event, 1_250)));
const [run, ...others] = new Set(atOnce.map((answer) => answer.run));
const count = (status: number): number => atOnce.filter((answer) => answer.status === status).length;
console.log(`20 deliveries at once: ${count(202)} answered 202, ${count(200)} answered 200, ${others.length + 1} run`);

const { tasks } = await client.waitForRun(run!);
console.log(`run ${run}: ${JSON.stringify(tasks[0]!.result)}`);

const late = await deliver(event, 1_250);
console.log(
  `the same again, when the run has ended: ${late.status}, ${late.run === run ? 'the same run' : 'another run'}`,
);
const altered = await deliver(event, 9_999);
console.log(`another body under the same id: ${altered.status} ${altered.code}`);

const { runs } = await client.listRuns({ idempotencyKey: `payment-event:${event}` });
console.log(`runs in all: ${runs.length}`);
server.close();
