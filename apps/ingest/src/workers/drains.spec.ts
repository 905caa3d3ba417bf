import { controlPartitionOf, controlPartitions } from '@millrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { givenIngest, topics, type GivenIngest } from '../testing/given-ingest.js';

let ingest: GivenIngest | undefined;
afterEach(() => ingest?.close());

const heartbeat = (id: string, more: object = {}) => ({
  ...{ v: 1, kind: 'worker', id, at: 0, slots: 1, busy: 0, handlers: [], queues: {}, credits: [], deliveries: [] },
  ...more,
});

it('tells a living worker to drain, and no other', async () => {
  ingest = await givenIngest();
  const { ask, log } = ingest;
  const say = (beat: object) =>
    log.append(topics.workers, 0, [{ value: new TextEncoder().encode(JSON.stringify(beat)) }]);
  await say(heartbeat('w-1'));
  await say(heartbeat('w-2'));
  await say(heartbeat('w-2', { leaving: true }));
  await ingest.until(async () => (await ask('POST', '/v1/workers/w-1/drain')).status === 202);
  const told = log.texts(topics.control, controlPartitionOf('w-1', controlPartitions));
  expect(told.map((text) => JSON.parse(text) as object)).toEqual([{ v: 1, kind: 'drain', to: 'w-1' }]);
  for (const nobody of ['w-2', 'w-3']) {
    const { status, body } = await ask('POST', `/v1/workers/${nobody}/drain`, {});
    expect([status, body.code]).toEqual([404, 'worker-unknown']);
  }
  expect((await ask('POST', '/v1/workers/w-1/drain', { hard: true })).status).toBe(400);
});
