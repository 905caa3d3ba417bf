import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backOffs, chanceMax, retryAt, retryPolicyDefault } from './retry-policy.js';

const delays = (chance: number, ...failures: number[]) =>
  failures.map((count) => retryAt(retryPolicyDefault, count, 0, { chance }));

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
    policy: fc.constantFrom(...backOffs),
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
        const at = retryAt(given, failures, 1_000, { chance });
        expect(Number.isSafeInteger(at)).toBe(true);
        expect(at).toBeGreaterThanOrEqual(1_000);
        expect(at).toBeLessThanOrEqual(1_000 + given.delayMsMax);
      },
    ),
  );
});

it('waits not at all without a delay, however large the factor', () => {
  const policy = {
    ...retryPolicyDefault,
    failuresMax: 100,
    delayMs: 0,
    factor: Number.MAX_SAFE_INTEGER,
    delayMsMax: 60_000,
  };
  expect(retryAt(policy, 50, 7, { chance: chanceMax })).toBe(7);
});

it('waits the same each time and takes no share where the policy is fixed, up to the cap', () => {
  const fixed = { ...retryPolicyDefault, policy: 'fixed' as const, delayMs: 7_000 };
  expect([1, 2, 9].map((failures) => retryAt(fixed, failures, 0, { chance: 1 }))).toEqual([7_000, 7_000, 7_000]);
  expect(retryAt({ ...fixed, delayMsMax: 500 }, 1, 0, { chance: 1 })).toBe(500);
});

it('waits as long as the handler asks, beyond the cap and without a share', () => {
  expect(retryAt(retryPolicyDefault, 1, 5, { chance: 0, retryAfterMs: 90_000 })).toBe(90_005);
  expect(retryAt(retryPolicyDefault, 1, 5, { chance: 0, retryAfterMs: 0 })).toBe(5);
});
