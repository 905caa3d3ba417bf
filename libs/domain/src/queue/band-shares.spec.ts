import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bandsHighestFirst, type Band } from '../band.js';
import { BandShares, shareDefault, shareOf } from './band-shares.js';

/** Takes `count` times: the highest band that is owed, else `otherwise`; all of `bands` wait without end. */
function takeAll(bands: readonly Band[], count: number, otherwise: (turn: number) => Band): Band[] {
  const shares = new BandShares();
  const waiting = [0, 1, 2, 3, 4, 5].map((band) => (bands.includes(band as Band) ? 1 : 0));
  return Array.from({ length: count }, (_, turn) => {
    const band = bandsHighestFirst.find((each) => waiting[each]! > 0 && shares.isOwed(each)) ?? otherwise(turn);
    shares.taken(band, waiting);
    return band;
  });
}
const countOf = (all: readonly Band[], band: Band): number => all.filter((each) => each === band).length;

it('leaves something to the order of bands alone', () => {
  const sum = Object.values(shareDefault).reduce((total, share) => total + share, 0);
  expect(sum).toBeLessThan(shareOf);
  expect(Math.min(...Object.values(shareDefault))).toBeGreaterThan(0);
});

it('gives a band below an endless flood its share and no more', () => {
  for (const band of [4, 3, 2, 1] as const) {
    const count = countOf(
      takeAll([5, band], 3_201, () => 5),
      band,
    );
    expect(Math.abs(count - 100 * shareDefault[band])).toBeLessThanOrEqual(1);
  }
});

it('gives critical half of all against a flood that is promoted', () => {
  expect(
    countOf(
      takeAll([5, 3], 3_200, () => 3),
      5,
    ),
  ).toBe(1_600);
});

it('gives every band that waits its share in every stretch, whoever takes the rest', () => {
  const anyBands = fc.subarray([...bandsHighestFirst], { minLength: 1 });
  fc.assert(
    fc.property(
      anyBands,
      fc.array(fc.nat(4), { minLength: 1 }),
      fc.nat(500),
      fc.nat(500),
      (bands, draws, from, length) => {
        const all = takeAll(bands, from + length, (turn) => bands[draws[turn % draws.length]! % bands.length]!);
        const stretch = all.slice(from);
        for (const band of bands) {
          expect(countOf(stretch, band)).toBeGreaterThanOrEqual(
            Math.floor((length * shareDefault[band]) / shareOf) - 2,
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('owes nothing to a band in which nothing waits, and little to one that could not go for long', () => {
  const shares = new BandShares();
  for (let turn = 0; turn < 1_000; turn++) shares.taken(5, [0, 1, 0, 0, 0, 1]);
  expect([shares.isOwed(1), shares.gained[1], shares.gained[3]]).toEqual([true, 64, 0]);
  shares.taken(5, [0, 0, 0, 0, 0, 1]);
  expect(shares.isOwed(1)).toBe(false);
});
