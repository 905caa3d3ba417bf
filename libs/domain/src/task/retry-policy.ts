import type { Instant } from '../ids.js';
import { later } from '../instant.js';

/** How the delay grows: not at all and without jitter, or by a factor and with full jitter. */
export const backOffs = ['fixed', 'exponential'] as const;
export type BackOff = (typeof backOffs)[number];

/** How often and when a failed execution is tried again. Hand-backs, redelivery and lost workers never count. */
export interface RetryPolicy {
  /** Failed executions that end the task run as `dead_lettered`; 1 means no retry. Default 3. */
  readonly failuresMax: number;
  /** Default `exponential`. */
  readonly policy: BackOff;
  /** Delay after the first failure, in milliseconds. Default 1,000. */
  readonly delayMs: number;
  /** What the delay is multiplied by for each further failure; `fixed` ignores it. Default 2. */
  readonly factor: number;
  /** The delay never exceeds this, in milliseconds. Default 60,000. */
  readonly delayMsMax: number;
  /** No retry begins later than this after the task run was queued first: then the budget is spent. Default: no limit. */
  readonly totalMs?: number;
  /** Errors of these names end the task run as `failed`: no retry could help. Default: none. */
  readonly nonRetryable?: readonly string[];
}

export const retryPolicyDefault: RetryPolicy = {
  failuresMax: 3,
  policy: 'exponential',
  delayMs: 1_000,
  factor: 2,
  delayMsMax: 60_000,
};

/** Chance is an integer from 0 to this, drawn by whoever reports the failure. */
export const chanceMax = 1_000_000;

/** What the report of a failed execution says about the next one. */
export interface RetryHint {
  /** The recorded draw, an integer from 0 to `chanceMax`. */
  readonly chance: number;
  /** The handler asked for this delay: it takes the place of the policy's, cap and jitter included. */
  readonly retryAfterMs?: number;
}

/**
 * When the next execution may begin. `fixed`: after the delay; `exponential`: after a uniform share of it, full jitter.
 * `failures` counts the one just reported.
 */
export function retryAt(policy: RetryPolicy, failures: number, at: Instant, hint: RetryHint): Instant {
  if (hint.retryAfterMs !== undefined) return later(at, hint.retryAfterMs);
  if (policy.policy === 'fixed') return later(at, Math.min(policy.delayMs, policy.delayMsMax));
  return later(at, Math.floor((delayOf(policy, failures) * hint.chance) / chanceMax));
}

/** Products of integers up to the cap, not a power: that is rounded differently by different engines, and overflows. */
function delayOf({ delayMs, factor, delayMsMax }: RetryPolicy, failures: number): number {
  if (delayMs === 0 || factor === 1) return Math.min(delayMs, delayMsMax);
  let delay = delayMs;
  for (let count = 1; count < failures && delay < delayMsMax; count++) delay *= factor;
  return Math.min(delay, delayMsMax);
}
