/** Numbers drawn from a seed, the same ones for the same seed (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) | 0;
  }

  /** From 0 to below 1. */
  draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.draw() * count);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  happens(rate: number): boolean {
    return rate > 0 && this.draw() < rate;
  }

  /** Throws for an empty list. */
  pick<T>(all: readonly T[]): T {
    if (all.length === 0) throw new RangeError('Expected something to pick from, but there is nothing.');
    return all[this.below(all.length)]!;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.draw() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  }

  /** A stream of its own: what is drawn there moves nothing here. */
  fork(): Chance {
    return new Chance(Math.floor(this.draw() * 2 ** 32));
  }
}
