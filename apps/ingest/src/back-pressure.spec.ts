import type { Heartbeat } from '@millrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { givenIngest, partitions, topics, type GivenIngest } from './testing/given-ingest.js';

let ingest: GivenIngest;
afterEach(() => ingest.close());

const env = { MILLRACE_INGEST_LAG_EVENTS_MAX: '100', MILLRACE_INGEST_LAG_MS_MAX: '60000' };
const task = { handler: 'h' };

/** A dispatcher that has folded 1,000 entries of each partition, and a projector that is behind by `lags` of them. */
async function heard(lags: readonly number[]): Promise<void> {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const base = { v: 1, at: 0, knows: 1 } as const;
  const owned = all.map((partition) => ({
    ...{ partition, epoch: 1, position: 10, entries: 1_000, waiting: 0, pinned: [] },
  }));
  const heartbeats: readonly Heartbeat[] = [
    { ...base, kind: 'dispatcher', id: 'd', partitions: owned },
    {
      ...{ ...base, kind: 'projector', id: 'p' },
      positions: Object.fromEntries(all.map((partition) => [partition, 10 - Math.sign(lags[partition]!)])),
      entries: Object.fromEntries(all.map((partition) => [partition, 1_000 - lags[partition]!])),
    },
  ];
  for (const each of heartbeats)
    await ingest.log.append(topics.workers, 0, [{ value: new TextEncoder().encode(JSON.stringify(each)) }]);
}
const submit = () => ingest.ask('POST', '/v1/tasks', task);

it('answers 429 with reason and Retry-After while every partition has a reader that is behind, and takes cancels', async () => {
  ingest = await givenIngest({ env: { ...env, MILLRACE_INGEST_COMMAND_VERDICT_MS: '10' } });
  const { body: before } = await submit();
  await heard([200, 200, 200, 200]);
  await ingest.until(async () => (await submit()).status === 429);
  const taken = ingest.events().length;
  const answer = await submit();
  expect(answer.status).toBe(429);
  expect(answer.headers).toMatchObject({ 'retry-after': '5', 'content-type': expect.stringContaining('problem+json') });
  expect(answer.body).toMatchObject({ code: 'projector-behind', retryAfter: 5 });
  expect(answer.body.detail).toMatch(/^Expected the projector to keep up .+ \d+ events .+ behind/);
  const bulk = await ingest.ask('POST', '/v1/bulk', { items: [task, task] });
  expect([bulk.status, bulk.headers['retry-after'], bulk.body.code]).toEqual([429, '5', 'projector-behind']);
  expect(ingest.events().length).toBe(taken);
  expect((await ingest.ask('POST', `/v1/runs/${before.run}/cancel`, {})).status).toBe(202);
  expect((await ingest.ask('GET', '/readyz')).status).toBe(200);

  await heard([0, 0, 0, 0]);
  await ingest.until(async () => (await submit()).status === 202);
});

it('sends runs to the partitions whose readers keep up', async () => {
  ingest = await givenIngest({ env });
  await heard([200, 200, 0, 200]);
  await ingest.until(async () => {
    const { body } = await submit();
    return body.position.partition === 2 && (await submit()).body.position.partition === 2;
  });
  const answers = await Promise.all(Array.from({ length: 8 }, submit));
  expect(new Set(answers.map(({ body }) => body.position.partition))).toEqual(new Set([2]));
});

it('answers 429 for the items alone whose key goes to a partition with a reader that is behind', async () => {
  ingest = await givenIngest({ env: { ...env, MILLRACE_INGEST_VERDICT_MS: '100' } });
  await heard([200, 200, 0, 200]);
  await ingest.until(async () => {
    const { body } = await submit();
    return body.position.partition === 2 && (await submit()).body.position.partition === 2;
  });
  const elsewhere = (): number => ingest.events().filter(({ partition }) => partition !== 2).length;
  const before = elsewhere();
  const items = Array.from({ length: 16 }, (_, index) => ({ ...task, idempotencyKey: `key ${index}` }));
  const { status, body } = await ingest.ask('POST', '/v1/bulk', { items: [task, ...items] });
  expect(status).toBe(207);
  const [free, ...keyed] = body.items as { position?: { partition: number }; problem?: { code: string } }[];
  expect(free!.position!.partition).toBe(2);
  const refused = keyed.filter(({ problem }) => problem !== undefined);
  expect(new Set(refused.map(({ problem }) => problem!.code))).toEqual(new Set(['projector-behind']));
  expect(refused.length).toBeLessThan(keyed.length);
  expect(elsewhere()).toBe(before);
});
