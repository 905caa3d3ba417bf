import { expect, it } from 'vitest';
import { delivery, settled, TestWorker } from '../testing/given-worker.js';
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
