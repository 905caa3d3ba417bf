import { expect, it } from 'vitest';
import { begun, foundBy, historyOf } from '../testing/history-of.js';
import { commits } from './commits.js';

const records = historyOf(begun);
const committed = (from: number, to: number) => ({ kind: 'committed', partition: 0, from, to }) as const;
const back = { kind: 'rolled-back', partition: 0, to: 2 } as const;

it('passes rows that move on from where they stand, also after the database came back older', () => {
  expect(foundBy(commits, records, committed(0, 2), committed(2, 4), back, committed(2, 3))).toEqual([]);
});

it('finds rows that moved from elsewhere, backwards or past the log', () => {
  expect(foundBy(commits, records, committed(0, 2), committed(1, 3))).toEqual(['I6']);
  expect(foundBy(commits, records, committed(2, 1))).toEqual(['I6']);
  expect(foundBy(commits, records, committed(0, 5))).toEqual(['I6']);
  expect(foundBy(commits, records, committed(0, 1), back)).toEqual(['I6']);
});
