import type { Band } from '@millrace/domain';
import { singleRequested } from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { succeeded, DispatchSystem } from './testing/dispatch-system.js';

const low: Band = 2;
const high: Band = 4;
/** When low is promoted by default. */
const afterMs = 8_000;
const lows = 60;

it('low work that has waited for its promotion goes before newer high work, which until then leaves it its share alone', async () => {
  const system = await new DispatchSystem().begun();
  await system.dispatcher();
  const worker = system.worker(() => ({ afterMs: 100, outcome: succeeded }), { credits: 1 });
  await system.pass(3_000);
  const bandOf = new Map<string, Band>();
  const request = (band: Band, count: number): void => {
    for (let each = 0; each < count; each++) {
      const run = system.runId();
      bandOf.set(run, band);
      system.request(0, singleRequested({ band }, { run }));
    }
  };
  /** Keeps more high work waiting than can be done; gives how much of each band began meanwhile. */
  const flooded = async (forMs: number): Promise<Record<'low' | 'high', number>> => {
    const before = worker.begun.length;
    for (let passedMs = 0; passedMs < forMs; passedMs += 500) {
      request(high, 8);
      await system.pass(500);
    }
    const begun = worker.begun.slice(before).map(({ key }) => bandOf.get(key.split('/')[0]!)!);
    return { low: begun.filter((band) => band === low).length, high: begun.filter((band) => band === high).length };
  };
  request(high, 20);
  request(low, lows);
  const before = await flooded(afterMs - 500);
  await flooded(1_000);
  const after = await flooded(4_000);
  expect(before.low).toBeGreaterThan(0);
  expect(before.high).toBeGreaterThan(10 * before.low);
  expect(after.low).toBeGreaterThan(3 * after.high);
  expect(after.high).toBeGreaterThan(0);
  expect(system.events('TasksDispatched').some(({ reason }) => reason?.includes('promoted'))).toBe(true);
  expect(system.violations()).toEqual([]);
});
