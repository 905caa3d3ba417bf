import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chanceMax, retryAt, retryPolicyDefault } from './retry-policy.js';

const delays = (chance: number, ...failures: number[]) =>
  failures.map((count) => retryAt(retryPolicyDefault, count, 0, chance));

it('doubles from one second to a cap of 60 seconds', () => {
  expect(delays(chanceMax, 1, 2, 3, 6, 7, 1_000)).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});

it('takes the share of the delay that was drawn, rounded down', () => {
  expect(delays(0, 1, 5)).toEqual([0, 0]);
  expect(delays(333_333, 1)).toEqual([333]);
});

it('gives a whole number between now and now plus the cap, for every policy that can be written', () => {
  const count = fc.oneof(fc.nat(10), fc.maxSafeInteger().map(Math.abs));
  const policy = fc.record({
    failuresMax: fc.constant(10_000),
    delayMs: count,
    factor: count.map((factor) => Math.max(1, factor)),
    delayMsMax: fc.nat(86_400_000),
  });
  fc.assert(
    fc.property(
      policy,
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 0, max: chanceMax }),
      (given, failures, chance) => {
        const at = retryAt(given, failures, 1_000, chance);
        expect(Number.isSafeInteger(at)).toBe(true);
        expect(at).toBeGreaterThanOrEqual(1_000);
        expect(at).toBeLessThanOrEqual(1_000 + given.delayMsMax);
      },
    ),
  );
});

it('waits not at all without a delay, however large the factor', () => {
  const policy = { failuresMax: 100, delayMs: 0, factor: Number.MAX_SAFE_INTEGER, delayMsMax: 60_000 };
  expect(retryAt(policy, 50, 7, chanceMax)).toBe(7);
});
