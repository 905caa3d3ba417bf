import type { Instant } from './ids.js';

/** The last instant that a `Date` and a row can hold. */
export const instantMax: Instant = 8_640_000_000_000_000;

/** `delayMs` after `at`, never beyond `instantMax`: what the log asks for may overflow. */
export function later(at: Instant, delayMs: number): Instant {
  return Math.min(at + delayMs, instantMax);
}
