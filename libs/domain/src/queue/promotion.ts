import type { Band } from '../band.js';
import type { Instant } from '../ids.js';

/** What has waited for `afterMs` since its queueing counts as `bands` higher. */
export interface Promotion {
  readonly afterMs: number;
  readonly bands: number;
}

/** A band that is not named is never promoted. */
export type PromotionTable = { readonly [B in Band]?: Promotion };

/** Who waits too long in normal or low goes with critical by the order of queueing; background has its share alone. */
export const promotionDefault: PromotionTable = {
  3: { afterMs: 5_000, bands: 2 },
  2: { afterMs: 8_000, bands: 3 },
};

/**
 * The band that counts for a task run of `band` that was queued at `since`: never below its own, never above 5. It only
 * rises while the task run waits, so in the order of queueing what is promoted stands before what is not.
 */
export function effectiveBand(
  band: Band,
  since: Instant,
  now: Instant,
  table: PromotionTable = promotionDefault,
): Band {
  const promotion = table[band];
  if (promotion === undefined || now - since < promotion.afterMs) return band;
  return Math.min(5, band + promotion.bands) as Band;
}
