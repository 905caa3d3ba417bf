import { bandsHighestFirst, type Band } from '../band.js';

/** How many of `shareOf` dispatches of a queue each band is sure of while something of it waits. */
export type ShareTable = Readonly<Record<Band, number>>;

export const shareOf = 32;
/** They leave 8 of 32 to the order of bands alone. */
export const shareDefault: ShareTable = { 5: 16, 4: 4, 3: 2, 2: 1, 1: 1 };
/** A band whose workers are busy is owed this many dispatches at most, so that it does not come back with a burst. */
const owedMax = 2;

/**
 * What each band of one queue is owed, in integers. With each dispatch of the queue every band in which something waits
 * gains its share; one that has `shareOf` with the next is owed that one, and pays for it. So what waits in a band goes at its
 * share at least, whatever waits above it. A band in which nothing waits is owed nothing.
 */
export class BandShares {
  readonly #gained: number[];

  /** @param gained by band, from 0; index 0 is unused. */
  constructor(
    gained: readonly number[] = [0, 0, 0, 0, 0, 0],
    readonly table: ShareTable = shareDefault,
  ) {
    this.#gained = [...gained];
  }

  /** By band, from 0: with the table everything that a copy wants. */
  get gained(): readonly number[] {
    return this.#gained;
  }

  isOwed(band: Band): boolean {
    return this.#gained[band]! + this.table[band] >= shareOf;
  }

  /** One of `band` was taken; `waiting` counts by band what still waits. */
  taken(band: Band, waiting: readonly number[]): void {
    const gained = this.#gained;
    if (this.isOwed(band)) gained[band]! -= shareOf;
    for (const each of bandsHighestFirst) {
      gained[each] = waiting[each] === 0 ? 0 : Math.min(gained[each]! + this.table[each], owedMax * shareOf);
    }
  }
}
