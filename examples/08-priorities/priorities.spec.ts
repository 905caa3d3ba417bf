import { expect, it } from 'vitest';
import { runExample } from '../../test/support/run-example.ts';

/** Where the answers to a kind of ticket stand, on average, from 0. */
function meanPlace(answered: readonly string[], kind: string): number {
  const places = [...answered.keys()].filter((place) => answered[place]!.startsWith(kind));
  return places.reduce((sum, place) => sum + place, 0) / places.length;
}

it('answers what is critical first, then what is high, then the rest', async () => {
  const [moved, ...answered] = await runExample('08-priorities');
  expect(moved).toBe('24 tickets wait; newsletter-12 is critical now: accepted');
  expect(new Set(answered).size).toBe(24);
  // A share of a lower band may let one ticket of it go ahead.
  expect(answered.indexOf('newsletter-12')).toBeLessThanOrEqual(1);
  expect(answered.indexOf('outage-6')).toBeLessThanOrEqual(8);
  expect(answered.indexOf('question-6')).toBeLessThanOrEqual(14);
  expect(meanPlace(answered, 'outage')).toBeLessThan(meanPlace(answered, 'question'));
  expect(meanPlace(answered, 'question')).toBeLessThan(meanPlace(answered, 'newsletter'));
  // Within a band, in the order of asking.
  const outages = answered.filter((name) => name.startsWith('outage'));
  expect(outages).toEqual([1, 2, 3, 4, 5, 6].map((number) => `outage-${number}`));
});
