import { expect, it } from 'vitest';
import { begun, foundBy, historyOf } from '../testing/history-of.js';
import { LogChecker } from '../log-checker.js';
import { contiguity } from './contiguity.js';

const right = historyOf(begun);

it('passes one offset after the other, and finds one that was passed over', () => {
  expect(foundBy(contiguity, right)).toEqual([]);
  expect(foundBy(contiguity, [...right.slice(0, 2), right[3]!])).toEqual(['I7']);
});

it('passes over a gap that was accepted', () => {
  const checker = new LogChecker({ rules: [contiguity] });
  const found = [
    ...right.slice(0, 2).flatMap((record) => checker.record(record)),
    ...checker.observe({ kind: 'gap-passed', partition: 0, from: 2, to: 3 }),
    ...checker.record(right[3]!),
  ];
  expect(found).toEqual([]);
});
