import type { Sample } from './metric.js';

/** Counts by a name out of few. */
export class TallyBy<Name extends string> {
  readonly #counts = new Map<Name, number>();

  /** @param known there from the start, at 0, so that an alert has something to watch. */
  constructor(known: readonly Name[] = []) {
    for (const name of known) this.#counts.set(name, 0);
  }

  add(name: Name, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  of(name: Name): number {
    return this.#counts.get(name) ?? 0;
  }

  samples(): Sample[] {
    return Array.from(this.#counts, ([name, count]) => [count, name]);
  }
}
