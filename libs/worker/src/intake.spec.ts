import { expect, it } from 'vitest';
import { delivery, heldHandler, settled, taskTopic, TestWorker } from './testing/given-worker.js';

async function given(ends = {}) {
  const test = await new TestWorker().join(ends);
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler).handle('careful', { claimFirst: true }, handler);
  return { test, calls };
}

it('runs at once what nobody else can have been given', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h'), delivery('h')]);
  await settled();
  expect(calls).toHaveLength(2);
  expect(test.said).toEqual([]);
});

it.each([
  ['a copy', { again: true as const }],
  ['below the end as read after the join', { offset: 4 }],
  ['appended two seconds after its decision', { decidedAt: -2_000 }],
  ["appended two seconds before its decision, as the broker's clock went back", { decidedAt: 2_000 }],
])('claims first what is %s', async (_what, record: { again?: true; offset?: number; decidedAt?: number }) => {
  const { test, calls } = await given({ [`${taskTopic}/3`]: 5 });
  const decidedAt = test.clock.now() + (record.decidedAt ?? 0);
  const sent = delivery('h');
  test.deliver([sent], { offset: 5, ...record, decidedAt });
  await settled();
  expect(calls).toHaveLength(0);
  expect(test.starts(sent.run)).toEqual([expect.objectContaining({ nonce: expect.stringMatching(/^[0-9a-f]{32}$/) })]);
});

it('claims first what the assignment has taken in before', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h')], { offset: 7 });
  test.deliver([delivery('h')], { offset: 7 });
  test.deliver([delivery('h')], { offset: 6 });
  await settled();
  expect(calls).toHaveLength(1);
  expect(test.of('TaskStarted')).toHaveLength(2);
});

it('claims first where the delivery or the handler asks for it', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h', { claimFirst: true }), delivery('careful')]);
  await settled();
  expect(calls).toHaveLength(0);
  expect(test.of('TaskStarted').filter(({ nonce }) => nonce !== undefined)).toHaveLength(2);
});

it('hands nothing over, neither at once nor by claim, until a group heartbeat succeeds again', async () => {
  const { test, calls } = await given();
  await test.pass(5_000, 'silent');
  test.deliver([delivery('h'), delivery('careful')]);
  await test.pass(2_000, 'silent');
  expect(calls).toHaveLength(0);
  expect(test.said).toEqual([]);
  expect(test.heartbeat.deliveries.map(({ state }) => state)).toEqual(['held', 'held']);
  test.source.heartbeatSentAt = test.clock.now() - 4_000;
  await test.pass(250, 'silent');
  expect(calls).toHaveLength(1);
  expect(test.of('TaskStarted').filter(({ nonce }) => nonce !== undefined)).toHaveLength(1);
});

it('still hands over just before half the session has passed without a heartbeat', async () => {
  const { test, calls } = await given();
  await test.pass(4_750, 'silent');
  test.deliver([delivery('h')]);
  expect(calls).toHaveLength(1);
});

it('passes over bytes that are no task record, says so and settles them', async () => {
  const { test } = await given();
  test.feedBytes('{');
  test.feedBytes('{"v":2}');
  test.feedBytes(JSON.stringify({ v: 1, epoch: 1, decidedAt: 1, tasks: [{ run: 'x' }] }));
  test.feedBytes('{"v":1}', 3, test.clock.now(), 1);
  expect(test.settledTo).toBe(4);
  expect(test.journal.lines.filter(({ level }) => level === 'warn')).toHaveLength(4);
});

it('hands back what no handler serves', async () => {
  const { test } = await given();
  const sent = delivery('unheard-of');
  test.deliver([sent]);
  await settled();
  expect(test.of('TaskReturned')).toEqual([
    { type: 'TaskReturned', run: sent.run, task: 0, attempt: 1, worker: test.id, reason: 'no-handler' },
  ]);
  expect(test.settledTo).toBe(1);
});

it('runs an attempt once however often it is delivered, and settles its copies with it', async () => {
  const { test, calls } = await given();
  const sent = delivery('h');
  test.deliver([sent]);
  test.deliver([sent], { again: true, epoch: 2 });
  await settled();
  expect(calls).toHaveLength(1);
  expect(test.said).toEqual([]);
  await test.pass(2_000);
  expect(test.heartbeat.deliveries).toEqual([expect.objectContaining({ epoch: 2, state: 'running' })]);
  expect(test.settledTo).toBe(0);
  calls[0]!.end();
  await settled();
  expect(test.settledTo).toBe(2);
});

it('moves past a delivery only when its end is acknowledged, and past a record only with all its tasks', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h'), delivery('h')]);
  test.deliver([delivery('h')]);
  calls[2]!.end();
  calls[0]!.end();
  await settled();
  expect(test.settledTo).toBe(0);
  const release = test.log.holdAnswers();
  calls[1]!.end();
  await settled();
  expect(test.settledTo).toBe(0);
  release();
  await settled();
  expect(test.settledTo).toBe(2);
});

it('lists a delivery until its report is acknowledged', async () => {
  const { test, calls } = await given();
  test.log.nextAppends(['lost', 'lost', 'lost', 'lost'], 't.log');
  test.deliver([delivery('h')]);
  calls[0]!.end();
  await settled();
  test.worker.handle('another', () => undefined);
  await settled();
  expect(test.heartbeat.deliveries).toEqual([expect.objectContaining({ state: 'ended' })]);
  await test.pass(2_000);
  expect(test.heartbeat.deliveries).toEqual([]);
  expect(test.settledTo).toBe(1);
});
