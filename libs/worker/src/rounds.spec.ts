import { expect, it } from 'vitest';
import { roundsOf } from './engine.js';
import { delivery, heldHandler, settled, TestWorker } from './testing/given-worker.js';

async function given() {
  const test = await new TestWorker({ slots: 2 }).join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  return { test, calls };
}
/** Loops that have something to do and have ended no round for ten seconds. */
const silent = ({ worker, clock }: TestWorker): string[] =>
  roundsOf(worker)
    .filter(({ isBusy, at }) => isBusy && clock.uptimeMs() - at > 10_000)
    .map(({ name }) => name);

it('no loop of a worker is silent while it has nothing to do, or runs a handler for ten minutes', async () => {
  const { test } = await given();
  await test.pass(60_000);
  expect(silent(test)).toEqual([]);
  test.deliver([delivery('h', { startToCloseMs: 3_600_000 })]);
  await test.pass(600_000);
  expect(test.worker.condition.busy).toBe(1);
  expect(silent(test)).toEqual([]);
});

it('no loop of a worker is silent while the cluster is down', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h')]);
  await test.pass(1_000);
  test.log.stop();
  calls[0]!.end();
  await test.pass(120_000, 'silent');
  expect(silent(test)).toEqual([]);
});

it('reports and heartbeats that are never answered are silent, and what else goes round is not', async () => {
  const { test, calls } = await given();
  test.deliver([delivery('h', { partition: 1 })]);
  await settled();
  const release = test.log.holdAnswers();
  calls[0]!.end();
  await test.pass(20_000);
  expect(silent(test)).toEqual(['heartbeats', 'frames of partition 1']);
  release();
  await test.pass(5_000);
  expect(silent(test)).toEqual([]);
});
