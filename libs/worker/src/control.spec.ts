import { expect, it } from 'vitest';
import { delivery, heldHandler, settled, TestWorker } from './testing/given-worker.js';

async function given({ slots = 1 } = {}) {
  const test = await new TestWorker({ slots }).join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  return { test, calls };
}

it('repeats a claim with the same nonce every two seconds until it is answered', async () => {
  const { test, calls } = await given();
  const sent = delivery('h', { claimFirst: true });
  test.deliver([sent]);
  await test.pass(4_250);
  const claims = test.starts(sent.run);
  expect(claims).toHaveLength(3);
  expect(new Set(claims.map(({ nonce }) => nonce)).size).toBe(1);
  await test.verdict(sent, true);
  await test.pass(4_000);
  expect(calls).toHaveLength(1);
  expect(test.starts(sent.run)).toHaveLength(3);
});

it('runs a claimed attempt when its own nonce holds, and reports with it', async () => {
  const { test, calls } = await given();
  const sent = delivery('h', { claimFirst: true });
  test.deliver([sent]);
  await settled();
  const { run, task, attempt } = sent;
  await test.tell({ kind: 'verdict', run, task, attempt, nonce: 'f'.repeat(32), holds: true });
  expect(calls).toHaveLength(0);
  await test.verdict(sent, true);
  expect(calls).toHaveLength(1);
  calls[0]!.end();
  await settled();
  expect(test.of('TaskFinished')[0]).toMatchObject({ run, nonce: test.starts(run)[0]!.nonce });
});

it('forgets and settles an attempt whose claim is refused, and gives its slot to the next', async () => {
  const { test, calls } = await given();
  const sent = delivery('h', { claimFirst: true });
  test.deliver([sent]);
  test.deliver([delivery('h')]);
  await settled();
  expect(calls).toHaveLength(0);
  await test.verdict(sent, false);
  expect(test.settledTo).toBe(1);
  expect(calls).toHaveLength(1);
  expect(test.of('TaskFinished')).toEqual([]);
});

it('listens to nothing that is said to others', async () => {
  const { test, calls } = await given();
  const sent = delivery('h');
  test.deliver([sent]);
  const { run, task, attempt } = sent;
  await test.tell({ kind: 'stop', run, task, attempt, reason: 'cancelled', ...{ to: 'w-other' } });
  expect(calls[0]!.signal.aborted).toBe(false);
});

it('aborts, forgets and never reports what it is told to stop', async () => {
  const { test, calls } = await given();
  const sent = delivery('h');
  test.deliver([sent]);
  const { run, task, attempt } = sent;
  await test.tell({ kind: 'stop', run, task, attempt, reason: 'cancelled' });
  expect(calls[0]!.signal.reason).toMatchObject({ name: 'AttemptRevoked', reason: 'cancelled' });
  calls[0]!.fail(calls[0]!.signal.reason);
  await settled();
  expect(test.said).toEqual([]);
  expect(test.settledTo).toBe(1);
  expect(test.worker.condition).toMatchObject({ busy: 0, held: 0 });
});

it('leaves another attempt of the same task run alone when told to stop one', async () => {
  const { test, calls } = await given();
  const sent = delivery('h', { attempt: 2 });
  test.deliver([sent]);
  await test.tell({ kind: 'stop', run: sent.run, task: 0, attempt: 1, reason: 'cancelled' });
  expect(calls[0]!.signal.aborted).toBe(false);
});

it('when declared lost, aborts what that partition gave, and takes new work under a new id while the rest ends', async () => {
  const { test, calls } = await given({ slots: 2 });
  const lost = test.id;
  test.deliver([delivery('h', { partition: 0 }), delivery('h', { partition: 1 })]);
  await test.tell({ kind: 'lost', partition: 1 });
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, true]);
  expect(test.sources.map(({ stopped }) => stopped)).toEqual([true, false]);
  expect(test.id).not.toBe(lost);
  test.source.join({ default: [3] });
  test.deliver([delivery('h'), delivery('h')], { offset: 0 });
  await settled();
  expect(calls).toHaveLength(3);
  expect(test.worker.condition).toMatchObject({ busy: 2, held: 3 });
  expect(test.heartbeats.findLast(({ id }) => id === lost)).toMatchObject({ drains: true, credits: [0, 0] });
  calls[0]!.end();
  await test.pass(250);
  expect(test.of('TaskFinished')).toEqual([expect.objectContaining({ worker: lost })]);
  expect(test.heartbeats.findLast(({ id }) => id === lost)).toMatchObject({ leaving: true });
  expect(calls).toHaveLength(4);
});

it('when declared lost again and again, ends what every incarnation runs before it has stopped', async () => {
  const { test, calls } = await given({ slots: 9 });
  for (let losses = 0; losses < 6; losses++) {
    test.deliver([delivery('h', { partition: 0 })], { offset: 0 });
    await test.tell({ kind: 'lost', partition: 1 });
    await test.pass(250);
    if (test.source.started && !test.source.stopped) test.source.join({ default: [3] });
  }
  const running = calls.length;
  expect(running).toBeGreaterThan(3);
  const stopped = test.worker.stop();
  for (const call of calls) call.end();
  await test.pass(1_000);
  await stopped;
  expect(test.of('TaskFinished')).toHaveLength(running);
  expect(test.sources.every((source) => source.stopped)).toBe(true);
});

it('when declared lost, leaves to the next holder of the partition what was meant for another worker', async () => {
  const { test } = await given();
  test.deliver([delivery('h', { partition: 0 })]);
  test.deliver([delivery('h', { partition: 1 })]);
  test.deliver([delivery('h', { partition: 1 })], { again: true });
  await test.tell({ kind: 'lost', partition: 1 });
  await test.tell({ kind: 'lost', partition: 0 });
  await test.pass(250);
  expect(test.sources[0]!.stopped).toBe(true);
  expect([...test.sources[0]!.settled]).toEqual([]);
});

it('survives control that cannot be read', async () => {
  const { test, calls } = await given();
  const sent = delivery('h');
  test.deliver([sent]);
  const bytes = (text: string) => ({ value: new TextEncoder().encode(text) });
  for (let partition = 0; partition < 3; partition++) {
    await test.log.append('t.control', partition, ['', '{', 'null', '7', '{"v":1,"to":3}'].map(bytes));
  }
  await settled();
  const { run, task, attempt } = sent;
  await test.tell({ kind: 'stop', run, task, attempt, reason: 'cancelled' });
  expect(calls[0]!.signal.aborted).toBe(true);
});

it('runs nothing on a verdict while its group session is not proven, and asks again', async () => {
  const { test, calls } = await given();
  const sent = delivery('h', { claimFirst: true });
  test.deliver([sent]);
  await settled();
  await test.pass(5_000, 'silent');
  await test.verdict(sent, true);
  expect(calls).toHaveLength(0);
  expect(test.worker.condition).toMatchObject({ busy: 1, held: 1 });
  test.source.heartbeatSentAt = test.clock.now();
  await test.verdict(sent, true);
  expect(calls).toHaveLength(1);
});

it('keeps claiming through a rebalance, and runs what it may once it has joined again', async () => {
  const { test, calls } = await given();
  const sent = delivery('h', { claimFirst: true });
  test.deliver([sent]);
  await settled();
  test.source.leave();
  expect(test.worker.condition).toMatchObject({ busy: 1, held: 1 });
  await test.pass(2_000, 'silent');
  test.source.join({ default: [3] }, { 't.tasks.default.normal/3': 1 });
  test.deliver([sent], { offset: 0 });
  await test.verdict(sent, true);
  expect(new Set(test.starts(sent.run).map(({ nonce }) => nonce)).size).toBe(1);
  expect(calls).toHaveLength(1);
  calls[0]!.end();
  await settled();
  expect(test.settledTo).toBe(1);
});

it('forgets a claim that is refused after a rebalance without settling what the group gives out again', async () => {
  const { test, calls } = await given();
  const sent = delivery('h', { claimFirst: true });
  test.deliver([sent]);
  await settled();
  test.source.leave();
  await test.verdict(sent, false);
  expect(calls).toHaveLength(0);
  expect(test.settledTo).toBe(0);
  expect(test.worker.condition).toMatchObject({ busy: 0, held: 0 });
});

it('repeats no claim that the log has not taken yet: the writer does that itself', async () => {
  const { test } = await given();
  const sent = delivery('h', { claimFirst: true });
  test.log.nextAppends(Array<'lost'>(20).fill('lost'), 't.log');
  test.deliver([sent]);
  await test.pass(12_000);
  expect(test.starts(sent.run)).toEqual([]);
  await test.pass(20_000);
  const claims = test.starts(sent.run);
  expect(claims.length).toBeGreaterThan(0);
  expect(test.log.partition('t.log', 0).records[0]!.value).toBeDefined();
  const perFrame = test.log.partition('t.log', 0).records.map(({ value }) => new TextDecoder().decode(value));
  expect(perFrame.every((text) => text.match(/TaskStarted/g)!.length === 1)).toBe(true);
});

it('drains when it is told to, says so, and stays a member of its groups', async () => {
  const test = await new TestWorker({ slots: 1 }).join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  const waiting = delivery('h');
  test.deliver([delivery('h'), waiting]);
  await settled();
  await test.tell({ kind: 'drain' });
  await test.tell({ kind: 'drain' });
  expect(test.of('TaskReturned')).toEqual([expect.objectContaining({ run: waiting.run, reason: 'draining' })]);
  await test.pass(2_000);
  expect(test.heartbeat).toMatchObject({ drains: true, credits: [0, 0], deliveries: [{ state: 'running' }] });
  calls[0]!.end();
  await test.pass(2_000);
  expect(test.heartbeat).toMatchObject({ drains: true, deliveries: [], queues: { default: [3] } });
  expect(test.worker.condition.state).toBe('draining');
  expect(test.source.stopped).toBe(false);
});
