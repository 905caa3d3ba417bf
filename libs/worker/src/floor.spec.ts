import { expect, it } from 'vitest';
import { delivery, heldHandler, settled, TestWorker } from './testing/given-worker.js';

async function given({ slots = 1 } = {}) {
  const test = await new TestWorker({ slots }).join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  return { test, calls };
}

it('runs no more at once than it has slots, the others in their order', async () => {
  const { test, calls } = await given({ slots: 2 });
  test.deliver([delivery('h'), delivery('h'), delivery('h')]);
  expect(calls).toHaveLength(2);
  calls[1]!.end();
  await settled();
  expect(calls).toHaveLength(3);
  expect(test.worker.condition.busy).toBe(2);
});

it('hands back what waits over a second for a slot', async () => {
  const { test } = await given();
  const late = delivery('h');
  test.deliver([delivery('h'), late]);
  await test.pass(1_000);
  expect(test.of('TaskReturned')).toEqual([]);
  await test.pass(250);
  expect(test.of('TaskReturned')).toEqual([expect.objectContaining({ run: late.run, reason: 'no-slot' })]);
});

it('hands back a claim that nobody answers for twenty seconds, and gives its slot to who waits', async () => {
  const test = await new TestWorker({ slots: 1 }).join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  const claimed = delivery('h', { claimFirst: true });
  test.deliver([claimed]);
  await settled();
  await test.pass(19_000);
  expect(test.of('TaskReturned')).toEqual([]);
  await test.pass(1_500);
  const { nonce } = test.starts(claimed.run)[0]!;
  expect(test.of('TaskReturned')).toMatchObject([{ run: claimed.run, nonce, reason: 'claim-unanswered' }]);
  expect(test.settledTo).toBe(1);
  await test.verdict(claimed, true);
  expect(calls).toEqual([]);
  test.deliver([delivery('h')]);
  await settled();
  expect(calls).toHaveLength(1);
});

it('forgets and settles a copy that finds no slot', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h')]);
  test.deliver([delivery('h')], { again: true });
  await test.pass(1_250);
  expect(test.of('TaskReturned')).toEqual([]);
  expect(test.worker.condition.held).toBe(1);
  calls[0]!.end();
  await settled();
  expect(test.settledTo).toBe(2);
});

it('at a rebalance says what runs at once, forgets what only waits, and settles neither', async () => {
  const { test, calls } = await given();
  const running = delivery('h');
  test.deliver([running, delivery('h')]);
  test.source.leave();
  await settled();
  expect(test.said).toEqual([expect.objectContaining({ type: 'TaskStarted', run: running.run })]);
  expect(test.worker.condition.held).toBe(1);
  calls[0]!.end();
  await settled();
  expect(calls).toHaveLength(1);
  expect(test.of('TaskFinished')).toHaveLength(1);
  expect(test.settledTo).toBe(0);
});

it('lets a redelivery after a rebalance join what still runs', async () => {
  const { test, calls } = await given();
  const sent = delivery('h');
  const offset = test.deliver([sent]);
  test.source.leave();
  test.source.join({ default: [3] }, { 't.tasks.default.normal/3': 1 });
  test.deliver([sent], { offset });
  await settled();
  expect(calls).toHaveLength(1);
  expect(test.of('TaskStarted').filter(({ nonce }) => nonce !== undefined)).toEqual([]);
  calls[0]!.end();
  await settled();
  expect(test.settledTo).toBe(1);
});

it('takes nothing from an assignment that is over', async () => {
  const { test, calls } = await given();
  test.source.leave();
  test.deliver([delivery('h')]);
  expect(calls).toHaveLength(0);
  expect(test.worker.condition.held).toBe(0);
});

it('stops giving out slots as soon as handlers that block have outlived the proof of the session', async () => {
  const test = await new TestWorker({ slots: 10 }).join();
  let ran = 0;
  test.worker.handle('block', () => {
    ran += 1;
    test.clock.advance(2_000);
  });
  test.deliver(Array.from({ length: 9 }, () => delivery('block')));
  expect(ran).toBe(3);
  expect(test.worker.condition.held).toBe(9);
  test.source.heartbeatSentAt = test.clock.now();
  await test.pass(250);
  expect(ran).toBe(6);
});

it('takes no stale session for a proven one because the clock of the machine was set back', async () => {
  const { test, calls } = await given();
  test.source.heartbeatSentAt = test.clock.uptimeMs() - 6_000;
  test.clock.set(-4_000);
  test.deliver([delivery('h')]);
  expect(calls).toHaveLength(0);
});

it("takes a leap of the machine's clock by an hour for no time that a handler has run", async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h', { startToCloseMs: 3_000 })]);
  await test.pass(1_000);
  for (const byMs of [3_600_000, -3_600_000]) {
    test.clock.set(byMs);
    await test.pass(250);
  }
  await test.pass(1_250);
  expect([calls.length, test.of('TaskFinished').length]).toEqual([1, 0]);
  expect(test.heartbeat.deliveries[0]!.runningMs).toBeLessThan(3_000);
  await test.pass(250);
  expect(test.of('TaskFinished').map(({ outcome }) => outcome.kind)).toEqual(['timed_out']);
});

it.each([-5_000, 3_600_000, -3_600_000])(
  "takes a leap of the machine's clock by %i ms right before a handler was called for no time that it has run",
  async (byMs) => {
    const { test, calls } = await given();
    test.clock.set(byMs);
    test.deliver([delivery('h', { startToCloseMs: 3_000 })]);
    await test.pass(2_000);
    expect([calls.length, test.of('TaskFinished').length]).toEqual([1, 0]);
    for (const { deliveries } of test.heartbeats) {
      for (const { runningMs = 0 } of deliveries) expect(runningMs).toBeLessThan(3_000);
    }
    calls[0]!.end();
    await test.pass(250);
    expect(test.of('TaskFinished').map(({ outcome }) => outcome.kind)).toEqual(['succeeded']);
  },
);

it('takes a leap of the clock for no time of what begins in a slot that the same sweep has freed', async () => {
  const { test, calls } = await given();
  const next = delivery('h', { startToCloseMs: 3_000 });
  test.deliver([delivery('h', { startToCloseMs: 700 }), next]);
  await test.pass(500);
  test.clock.set(-3_600_000);
  await test.pass(500);
  expect(calls).toHaveLength(2);
  expect(test.of('TaskFinished').map(({ outcome }) => outcome.kind)).toEqual(['timed_out']);
  calls[1]!.end();
  await settled();
  expect(test.of('TaskFinished')).toMatchObject([{}, { run: next.run, outcome: { kind: 'succeeded' } }]);
});
