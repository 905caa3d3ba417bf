import type { DeliveryBoard } from './heart/delivery-board.js';
import type { AttemptKey, HeldAttempt } from './held-attempt.js';

/** Every attempt in this worker's hands, by key. */
export class AttemptTable {
  readonly #attempts = new Map<AttemptKey, HeldAttempt>();
  #bytes = 0;
  #whenEmpty: (() => void)[] = [];

  /** @param board where heartbeats read what is in hand. */
  constructor(private readonly board: DeliveryBoard) {}

  get size(): number {
    return this.#attempts.size;
  }

  /** Of the deliveries in hand, as JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  find(key: AttemptKey): HeldAttempt | undefined {
    return this.#attempts.get(key);
  }

  add(attempt: HeldAttempt): void {
    this.#attempts.set(attempt.key, attempt);
    this.#bytes += attempt.bytes;
    attempt.goOn(this.board);
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

  /** Resolves once nothing is in hand. */
  empty(): Promise<void> {
    if (this.#attempts.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  #remove(attempt: HeldAttempt): void {
    attempt.become('gone');
    if (this.#attempts.delete(attempt.key)) this.#bytes -= attempt.bytes;
    if (this.#attempts.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
