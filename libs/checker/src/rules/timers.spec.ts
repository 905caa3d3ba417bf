import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { foundBy, historyOf } from '../testing/history-of.js';
import { timers } from './timers.js';

const begun = [given.born(), given.claimed(), given.workersSeen({})];
const early = (records: ReturnType<typeof historyOf>) =>
  records.map((record) => (record.offset < records.length - 1 ? record : { ...record, at: record.at - 100 }));

it('passes what waits for its time, and finds what goes on before', () => {
  const fired = given.timersFired({ until: given.epochStart + 900_000 });
  const delayed = historyOf(begun, given.singleRequested({ delayMs: 1_000 }), 1_050, fired);
  const backing = historyOf(begun, given.singleRequested({ retry: { policy: 'fixed', delayMs: 1_000 } }), given.dispatched(given.single), given.failed(given.single), 1_050, fired); // prettier-ignore
  const unstarted = historyOf(begun, given.singleRequested({ scheduleToStartMs: 1_000 }), 1_050, fired);
  const unended = historyOf(begun, given.singleRequested({ scheduleToCloseMs: 1_000 }), 1_050, fired);
  const run = historyOf(begun, given.singleRequested({}, { scheduleToCloseMs: 1_000 }), 1_050, fired);
  for (const right of [delayed, backing, unstarted, unended, run]) {
    expect(right.at(-1)!.facts.length).toBeGreaterThan(1);
    expect(foundBy(timers, right)).toEqual([]);
    expect(foundBy(timers, early(right))).toEqual(['I20']);
  }
});
