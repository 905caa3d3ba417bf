import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf } from '../testing/history-of.js';
import { partitionTime } from './partition-time.js';

it('passes what happens at partition time, also where a clock goes back, and finds what happens at another', () => {
  const right = historyOf(begun, 500, given.dispatched(given.single), -9_000, given.started(given.single));
  expect(foundBy(partitionTime, right)).toEqual([]);
  const early = right.map((record) => ({ ...record, at: record.at - 1 }));
  expect(foundBy(partitionTime, early)).toContain('I21');
});
