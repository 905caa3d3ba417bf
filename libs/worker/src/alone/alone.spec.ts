import { expect, it } from 'vitest';
import type { Delivery } from '@millrace/protocol';
import { delivery, heldHandler, settled, TestWorker } from '../testing/given-worker.js';
import { HandFedAloneRuns } from '../testing/hand-fed-alone-runs.js';

const error = { name: 'ProcessDied', message: 'gone' };

/** A worker that has been given suspects of handler `h`, each with its claim accepted where it made one. */
async function given(count: number) {
  const alone = new HandFedAloneRuns();
  const test = await new TestWorker({ alone }).join();
  let ranHere = 0;
  test.worker.handle('h', () => ++ranHere);
  const suspects = Array.from({ length: count }, () => delivery('h', { alone: true }));
  test.deliver(suspects);
  await settled();
  return { alone, test, suspects, ranHere: () => ranHere };
}

it('claims what is under suspicion before it runs it alone, and reports how it ended there', async () => {
  const { alone, test, suspects, ranHere } = await given(2);
  expect(alone.given).toEqual([]);
  for (const suspect of suspects) await test.verdict(suspect, true);
  expect(alone.given.map((each) => each.delivery)).toEqual(suspects);
  alone.given[0]!.end({ kind: 'succeeded', result: 1 });
  alone.given[1]!.end({ kind: 'died', error });
  await settled();
  expect(test.of('TaskFinished').map(({ outcome }) => outcome)).toEqual([
    { kind: 'succeeded', result: 1 },
    { kind: 'died', error },
  ]);
  expect([ranHere(), test.worker.condition.busy]).toEqual([0, 0]);
});

it('runs four suspects at a time, hands back who waits a second for that, and lets everything else pass', async () => {
  const { test, suspects } = await given(6);
  expect(test.of('TaskStarted')).toHaveLength(4);
  const other = delivery('h');
  test.deliver([other]);
  await settled();
  expect(test.of('TaskFinished').map(({ run }) => run)).toEqual([other.run]);
  await test.pass(1_500);
  expect(test.of('TaskReturned').map(({ run, reason }) => [run, reason])).toEqual(
    suspects.slice(4).map(({ run }) => [run, 'no-slot']),
  );
});

it('runs it here where no module serves it, and hands it back where no process can be had', async () => {
  const { alone, test, suspects, ranHere } = await given(2);
  for (const suspect of suspects) await test.verdict(suspect, true);
  alone.given[0]!.end('not-served');
  alone.given[1]!.end('not-run');
  await settled();
  expect(ranHere()).toBe(1);
  expect(test.of('TaskFinished').map(({ run }) => run)).toEqual([suspects[0]!.run]);
  expect(test.of('TaskReturned').map(({ run }) => run)).toEqual([suspects[1]!.run]);
});

it('aborts it at start-to-close, and ends every process when the worker stops', async () => {
  const alone = new HandFedAloneRuns();
  const test = await new TestWorker({ alone }).join();
  test.worker.handle('h', () => undefined);
  const suspect = delivery('h', { alone: true, startToCloseMs: 2_000 });
  test.deliver([suspect]);
  await settled();
  await test.verdict(suspect, true);
  await test.pass(2_250);
  expect(alone.given[0]!.signal.aborted).toBe(true);
  expect(test.of('TaskFinished').map(({ outcome }) => outcome.kind)).toEqual(['timed_out']);
  alone.given[0]!.end({ kind: 'died', error });
  await test.worker.stop();
  expect([test.of('TaskFinished').length, alone.isStopped]).toEqual([1, true]);
});

it('claims it first and runs it here where the worker was given no modules', async () => {
  const test = await new TestWorker().join();
  test.worker.handle('h', () => 'here');
  const suspect = delivery('h', { alone: true });
  test.deliver([suspect]);
  await settled();
  expect(test.of('TaskFinished')).toEqual([]);
  await test.verdict(suspect, true);
  expect(test.of('TaskFinished')).toHaveLength(1);
});

/** A worker that was given no modules, and what it has begun by itself; claims are accepted by the test. */
async function withoutModules() {
  const test = await new TestWorker().join();
  const { calls, handler } = heldHandler();
  test.worker.handle('h', handler);
  const suspect = delivery('h', { alone: true, startToCloseMs: 3_600_000 });
  const other = () => delivery('h', { startToCloseMs: 3_600_000 });
  const deliver = async (...deliveries: Delivery[]) => {
    test.deliver(deliveries);
    await settled();
  };
  const claims = () => test.of('TaskStarted').filter(({ nonce }) => nonce !== undefined).length;
  const granted = () => test.heartbeat.credits.reduce((sum, credit) => sum + credit, 0);
  return { test, calls, suspect, other, deliver, claims, granted };
}

it('runs nothing beside a suspect where it was given no modules, and takes nothing for it meanwhile', async () => {
  const { test, calls, suspect, other, deliver, claims, granted } = await withoutModules();
  await deliver(other());
  const [late, later] = [other(), other()];
  await deliver(suspect, late);
  await test.pass(2_000);
  expect([calls.length, claims(), granted()]).toEqual([1, 0, 0]);
  expect(test.of('TaskReturned').map(({ run, reason }) => [run, reason])).toEqual([[late.run, 'no-slot']]);
  calls[0]!.end();
  await settled();
  await test.verdict(suspect, true);
  expect(calls).toHaveLength(2);
  await deliver(later);
  await test.pass(500);
  expect([calls.length, test.worker.condition.busy]).toEqual([2, 1]);
  calls[1]!.end();
  await settled();
  await test.pass(250);
  expect([calls.length, granted()]).toEqual([3, 10]);
  expect(test.of('TaskFinished').map(({ run }) => run)).toContain(suspect.run);
});

it('gives everybody else as long a time as a suspect took before the next one has its turn', async () => {
  const { test, calls, suspect, other, deliver, claims } = await withoutModules();
  await deliver(suspect);
  await test.verdict(suspect, true);
  await test.pass(4_000);
  calls[0]!.end();
  await settled();
  const next = delivery('h', { alone: true });
  await deliver(next, other());
  expect([calls.length, claims()]).toEqual([2, 1]);
  calls[1]!.end();
  await test.pass(1_500);
  expect(test.of('TaskReturned').map(({ run, reason }) => [run, reason])).toEqual([[next.run, 'no-slot']]);
  await test.pass(2_500);
  await deliver(delivery('h', { alone: true }));
  expect(claims()).toBe(2);
});

it('hands a suspect back where what runs does not end, and goes on with everything else', async () => {
  const { test, calls, suspect, other, deliver, granted } = await withoutModules();
  await deliver(other());
  await deliver(suspect);
  await test.pass(299_000);
  expect([test.of('TaskReturned').length, granted()]).toEqual([0, 0]);
  await test.pass(2_000);
  expect(test.of('TaskReturned').map(({ run, reason }) => [run, reason])).toEqual([[suspect.run, 'no-slot']]);
  expect(granted()).toBe(10);
  await deliver(other());
  expect(calls).toHaveLength(2);
});

it('keeps the slots for a suspect of a lost incarnation until that has ended, and not after', async () => {
  const { test, calls, suspect, other, deliver } = await withoutModules();
  await deliver(suspect);
  await test.verdict(suspect, true);
  await test.tell({ kind: 'lost', partition: 1 });
  await test.pass(2_000);
  test.source.join({ default: [3] });
  await deliver(other());
  expect(calls).toHaveLength(1);
  calls[0]!.end();
  await settled();
  expect(calls).toHaveLength(2);
});

it('gives the slots back where the partition of a waiting suspect has declared the worker lost', async () => {
  const { test, calls, suspect, other, deliver } = await withoutModules();
  await deliver(delivery('h', { partition: 1, startToCloseMs: 3_600_000 }));
  await deliver(suspect);
  await test.tell({ kind: 'lost', partition: 0 });
  await test.pass(2_000);
  test.source.join({ default: [3] });
  await deliver(other());
  expect(calls).toHaveLength(2);
});
