import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';
import { webhookServer } from './server.js';

const client = createClient({ url: inject('millraceUrl') });
const server = webhookServer(client);
let url: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/payments`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function deliver(headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body });
}

it('makes one run of an event that arrives twenty times at once and once more later', async () => {
  const [atOnce, run, late, altered, runs] = await runExample('09-webhook');
  expect(atOnce).toBe('20 deliveries at once: 1 answered 202, 19 answered 200, 1 run');
  expect(run).toMatch(/^run [0-9a-f]{36}: \{"booked":"INV-7: 12\.50"\}$/);
  expect(late).toBe('the same again, when the run has ended: 200, the same run');
  expect(altered).toBe('another body under the same id: 409 key-conflict');
  expect(runs).toBe('runs in all: 1');
});

it('makes a run for each of several events', async () => {
  const body = JSON.stringify({ invoice: 'INV-8', cents: 1 });
  const answers = await Promise.all(['one', 'two'].map((id) => deliver({ 'x-event-id': `spec-${id}` }, body)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  const runs = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { run: string }).run));
  expect(new Set(runs).size).toBe(2);
});

it('refuses what it cannot know twice, and what is no JSON', async () => {
  expect((await deliver({}, '{}')).status).toBe(400);
  expect((await deliver({ 'x-event-id': 'spec-three' }, '{')).status).toBe(400);
  expect((await fetch(url)).status).toBe(404);
  const long = await deliver({ 'x-event-id': 'e'.repeat(300) }, '{}');
  expect([long.status, ((await long.json()) as { code: string }).code]).toEqual([400, 'request-invalid']);
});

it('asks for another delivery where Millrace does not answer', async () => {
  const alone = webhookServer(createClient({ url: 'http://127.0.0.1:1', retriesMax: 0 }));
  await once(alone.listen(0, '127.0.0.1'), 'listening');
  const { port } = alone.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/webhooks/payments`, {
    method: 'POST',
    headers: { 'x-event-id': 'spec-four' },
    body: '{}',
  });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  await new Promise((resolve) => alone.close(resolve));
});
