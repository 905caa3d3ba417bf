import { expect, it } from 'vitest';
import { formatDuration } from './duration.js';

it.each([
  [0, '0 ms'],
  [739.6, '740 ms'],
  [2_149, '2.1 s'],
  [59_960, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [7_800_000, '2 h 10 min'],
])('writes %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
