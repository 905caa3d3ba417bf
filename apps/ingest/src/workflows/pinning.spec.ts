import { workflow } from '@millrace/domain/testing';
import { encodeWorkflow } from '@millrace/protocol';
import { LogWriter } from '@millrace/runtime';
import { ManualClock, quietJournal, InMemoryLog } from '@millrace/runtime/testing';
import { expect, it } from 'vitest';
import { PinBook } from './pin-book.js';
import { Pinning } from './pinning.js';

const large = encodeWorkflow(workflow({ a: [] }, { a: { input: 'x'.repeat(17 * 120 * 1024) } }));
const small = encodeWorkflow(workflow({ a: [] }));

function given() {
  const clock = new ManualClock();
  const log = new InMemoryLog(clock, { log: 2 });
  const journal = quietJournal();
  const writer = new LogWriter({ writer: log, topic: 'log', by: 'w', clock, journal });
  return { clock, log, pinning: new Pinning(new PinBook(), writer, clock, journal, 5_000) };
}
const partsIn = (log: InMemoryLog, partition: number): number =>
  log.texts('log', partition).reduce((sum, text) => sum + (JSON.parse(text) as { items: unknown[] }).items.length, 0);

it('lets runs of a large version wait until all its parts are in the log, and writes them once', async () => {
  const { log, pinning } = given();
  await Promise.all([pinning.pinLarge(1, [large, small]), pinning.pinLarge(1, [large])]);
  expect(partsIn(log, 1)).toBe(large.parts.length);
  expect([pinning.homeOf(large), pinning.homeOf(small)]).toEqual([1, undefined]);
  await pinning.pinLarge(1, [large]);
  expect(partsIn(log, 1)).toBe(large.parts.length);
});

it('refuses what would wait too long, and goes on writing', async () => {
  const { clock, log, pinning } = given();
  log.stop();
  const refused = pinning.pinLarge(0, [large]).catch((error: unknown) => error);
  expect(pinning.homeOf(large)).toBe(0);
  await clock.run(5_000);
  expect(await refused).toMatchObject({ body: { status: 503, code: 'workflow-pinning' } });
  log.restart();
  const again = pinning.pinLarge(0, [large]);
  await clock.run(4_000);
  await again;
  expect(partsIn(log, 0)).toBe(large.parts.length);
});
