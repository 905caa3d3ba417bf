import type { Instant } from '../ids.js';
import { later } from '../instant.js';

/** How often and when a failed execution is tried again. Hand-backs, redelivery and lost workers never count. */
export interface RetryPolicy {
  /** Failed executions that end the task run as `dead_lettered`; 1 means no retry. Default 3. */
  readonly failuresMax: number;
  /** Delay after the first failure, in milliseconds. Default 1,000. */
  readonly delayMs: number;
  /** What the delay is multiplied by for each further failure. Default 2. */
  readonly factor: number;
  /** The delay never exceeds this, in milliseconds. Default 60,000. */
  readonly delayMsMax: number;
}

export const retryPolicyDefault: RetryPolicy = { failuresMax: 3, delayMs: 1_000, factor: 2, delayMsMax: 60_000 };

/** Chance is an integer from 0 to this, drawn by whoever reports the failure. */
export const chanceMax = 1_000_000;

/**
 * When the next execution may begin: exponential delay with full jitter (a uniform share of the delay). `failures` counts
 * the one just reported; `chance` is the recorded draw, 0 to `chanceMax`.
 */
export function retryAt(policy: RetryPolicy, failures: number, at: Instant, chance: number): Instant {
  return later(at, Math.floor((delayOf(policy, failures) * chance) / chanceMax));
}

/** Products of integers up to the cap, not a power: that is rounded differently by different engines, and overflows. */
function delayOf({ delayMs, factor, delayMsMax }: RetryPolicy, failures: number): number {
  if (delayMs === 0 || factor === 1) return Math.min(delayMs, delayMsMax);
  let delay = delayMs;
  for (let count = 1; count < failures && delay < delayMsMax; count++) delay *= factor;
  return Math.min(delay, delayMsMax);
}
