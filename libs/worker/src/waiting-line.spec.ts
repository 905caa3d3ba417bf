import { bandName, type Band } from '@millrace/domain';
import { expect, it } from 'vitest';
import { delivery, heldHandler, settled, TestWorker } from './testing/given-worker.js';

async function given() {
  const test = await new TestWorker({ slots: 1 }).join();
  const { calls, handler } = heldHandler();
  const order: string[] = [];
  test.worker.handle('h', (input: string, context) => {
    order.push(input);
    return handler(input, context);
  });
  const deliver = (band: Band, ...inputs: string[]) =>
    test.deliver(
      inputs.map((input) => delivery('h', { input })),
      { band: bandName(band) },
    );
  /** Ends what runs, again and again, until nothing waits. */
  const runAll = async (): Promise<string[]> => {
    for (let ended = 0; ended < calls.length; ended++) {
      calls[ended]!.end();
      await settled();
    }
    return order;
  };
  return { test, calls, deliver, runAll };
}

it('lets what is of a higher band pass what waits for a slot', async () => {
  const { deliver, runAll } = await given();
  deliver(1, 'running');
  deliver(1, 'background');
  deliver(3, 'normal');
  deliver(5, 'critical');
  expect(await runAll()).toEqual(['running', 'critical', 'normal', 'background']);
});

it('keeps the order of arrival in a band', async () => {
  const { deliver, runAll } = await given();
  deliver(3, 'a', 'b', 'c', 'd');
  expect(await runAll()).toEqual(['a', 'b', 'c', 'd']);
});

it('gives a low band its share under a flood of a higher one', async () => {
  const { deliver, runAll } = await given();
  const fifty = Array.from({ length: 50 }, (_, index) => `critical ${index}`);
  deliver(5, ...fifty);
  deliver(5, ...fifty);
  deliver(1, 'first', 'second', 'third');
  const order = await runAll();
  const places = ['first', 'second', 'third'].map((input) => order.indexOf(input));
  expect(places.every((place, index) => place <= 33 * (index + 1))).toBe(true);
  expect(order).toHaveLength(103);
});

it('settles an offset only when everything below it has ended, whatever overtook it', async () => {
  const { test, calls, deliver } = await given();
  deliver(3, 'running');
  const low = delivery('h', { input: 'low' });
  const high = delivery('h', { input: 'high' });
  test.deliver([low], { band: 'normal' });
  test.deliver([high], { band: 'critical' });
  calls[0]!.end();
  await settled();
  calls[1]!.end();
  await settled();
  expect([test.settledIn('critical'), test.settledIn('normal')]).toEqual([3, 1]);
  calls[2]!.end();
  await settled();
  expect(test.settledIn('normal')).toBe(2);
});

it('hands back a low one that waited over a second, and passes it over', async () => {
  const { test, calls, deliver, runAll } = await given();
  deliver(5, 'running');
  deliver(1, 'late');
  await test.pass(1_250);
  expect(test.of('TaskReturned')).toEqual([expect.objectContaining({ reason: 'no-slot' })]);
  deliver(1, 'next');
  expect(calls).toHaveLength(1);
  expect(await runAll()).toEqual(['running', 'next']);
});
