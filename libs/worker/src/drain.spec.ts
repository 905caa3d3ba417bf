import { expect, it } from 'vitest';
import { delivery, heldHandler, settled, TestWorker } from './testing/given-worker.js';

async function given({ slots = 1, drainMs = 3_000 } = {}) {
  const test = await new TestWorker({ slots, drainMs }).join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  return { test, calls };
}

it('drains: no credit, what waits goes back, what runs may finish, then it leaves', async () => {
  const { test, calls } = await given();
  const waiting = delivery('h');
  test.deliver([delivery('h'), waiting]);
  const stopped = test.worker.stop();
  await settled();
  expect(test.heartbeat.credits).toEqual([0, 0]);
  expect(test.of('TaskReturned')).toEqual([expect.objectContaining({ run: waiting.run, reason: 'draining' })]);
  expect(test.source.stopped).toBe(false);
  calls[0]!.end('done');
  await stopped;
  expect(test.of('TaskFinished')[0]!.outcome).toEqual({ kind: 'succeeded', result: 'done' });
  expect(test.settledTo).toBe(1);
  expect(test.source.stopped).toBe(true);
  expect(test.heartbeat).toMatchObject({ leaving: true, credits: [0, 0], deliveries: [] });
});

it('hands back and aborts what does not finish in time, and ignores how it ends', async () => {
  const { test, calls } = await given();
  const sent = delivery('h');
  test.deliver([sent]);
  const stopped = test.worker.stop();
  await settled();
  await test.pass(2_750);
  expect(test.of('TaskReturned')).toEqual([]);
  await test.pass(250);
  await stopped;
  expect(calls[0]!.signal.reason).toMatchObject({ name: 'AttemptRevoked' });
  calls[0]!.end();
  await settled();
  expect(test.of('TaskReturned')).toEqual([expect.objectContaining({ run: sent.run, reason: 'draining' })]);
  expect(test.of('TaskFinished')).toEqual([]);
});

it('hands back what it claims with the nonce of the claim, and leaves it and copies to the next holder', async () => {
  const { test } = await given();
  const claimed = delivery('h', { claimFirst: true });
  test.deliver([claimed]);
  test.deliver([delivery('h')], { again: true });
  await settled();
  await test.worker.stop();
  const { nonce } = test.starts(claimed.run)[0]!;
  expect(test.of('TaskReturned')).toEqual([expect.objectContaining({ run: claimed.run, nonce })]);
  expect(test.settledTo).toBe(0);
  expect(test.worker.condition.held).toBe(0);
});

it('hands back what is delivered while it drains', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h')]);
  const drained = test.worker.drain();
  test.deliver([delivery('h')]);
  await settled();
  expect(calls).toHaveLength(1);
  expect(test.of('TaskReturned')).toHaveLength(1);
  calls[0]!.end();
  await drained;
});

it('tolerates being stopped twice, before its start, and after', async () => {
  const { test } = await given();
  await Promise.all([test.worker.stop(), test.worker.stop()]);
  await test.worker.stop();
  const unstarted = new TestWorker();
  await unstarted.worker.stop();
  await unstarted.worker.start();
  expect(unstarted.sources).toEqual([]);
  expect(unstarted.worker.condition.state).toBe('stopped');
});

it('gives up on reports that nobody acknowledges, and stops all the same', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h')]);
  test.log.stop();
  calls[0]!.end();
  const stopped = test.worker.stop();
  await test.pass(9_000);
  await stopped;
  expect(test.settledTo).toBe(0);
});

it('waits for the cluster at its start, and can be stopped meanwhile', async () => {
  const test = new TestWorker();
  test.log.stop();
  void test.worker.start();
  await test.pass(1_500);
  expect(test.worker.condition).toMatchObject({ state: 'connecting', error: expect.stringContaining('down') });
  test.log.restart();
  await test.pass(1_000);
  expect(test.worker.condition.state).toBe('joining');
  await test.worker.stop();

  const never = new TestWorker();
  never.log.stop();
  const started = never.worker.start();
  await settled();
  await never.worker.stop();
  await started;
});
