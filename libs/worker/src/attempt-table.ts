import type { Instant } from '@millrace/domain';
import type { ListedDelivery } from '@millrace/protocol';
import type { AttemptKey, HeldAttempt } from './held-attempt.js';

/** Every attempt in this worker's hands, by key. */
export class AttemptTable {
  readonly #attempts = new Map<AttemptKey, HeldAttempt>();
  #whenEmpty: (() => void)[] = [];

  get size(): number {
    return this.#attempts.size;
  }

  find(key: AttemptKey): HeldAttempt | undefined {
    return this.#attempts.get(key);
  }

  add(attempt: HeldAttempt): void {
    this.#attempts.set(attempt.key, attempt);
  }

  /** Its deliveries are settled: reported and acknowledged, or forgotten. */
  settle(attempt: HeldAttempt): void {
    if (attempt.state === 'gone') return;
    this.#remove(attempt);
    attempt.settle();
  }

  /** Forgotten without being settled: whoever gets the partition gets the delivery again. */
  drop(attempt: HeldAttempt): void {
    this.#remove(attempt);
  }

  /** Oldest first; entries may be removed meanwhile. */
  [Symbol.iterator](): IterableIterator<HeldAttempt> {
    return this.#attempts.values();
  }

  /**
   * What a heartbeat lists, `most` at most so that it fits into one record. What only waits is left out first: unlisted, it
   * is published again, and the copy joins it.
   */
  listed(now: Instant, most: number): ListedDelivery[] {
    const all = [...this.#attempts.values()];
    const listed =
      all.length <= most ? all : [...all.filter(isBegun), ...all.filter((one) => !isBegun(one))].slice(0, most);
    return listed.map((attempt) => attempt.listed(now));
  }

  /** Resolves once nothing is in hand. */
  empty(): Promise<void> {
    if (this.#attempts.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  #remove(attempt: HeldAttempt): void {
    attempt.state = 'gone';
    this.#attempts.delete(attempt.key);
    if (this.#attempts.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}

function isBegun({ state }: HeldAttempt): boolean {
  return state !== 'held';
}
