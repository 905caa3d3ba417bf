import { expect, it } from 'vitest';
import type { Band } from '../band.js';
import { effectiveBand } from './promotion.js';

it.each([
  [3, 4_999, 3],
  [3, 5_000, 5],
  [2, 7_999, 2],
  [2, 8_000, 5],
  [5, 86_400_000, 5],
  [4, 86_400_000, 4],
  [1, 86_400_000, 1],
] as const)('band %i after %i ms of waiting counts as %i', (band, waitedMs, counts) => {
  expect(effectiveBand(band, 1_000, 1_000 + waitedMs)).toBe(counts);
});

it('goes by another table where one is given, and never above the highest band', () => {
  const table = { 1: { afterMs: 10, bands: 1 }, 4: { afterMs: 0, bands: 9 } };
  const counts = ([1, 3, 4] as Band[]).map((band) => effectiveBand(band, 0, 10, table));
  expect(counts).toEqual([2, 3, 5]);
});
