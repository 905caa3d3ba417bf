import type { HeldAttempt } from './held-attempt.js';

/** Attempts that wait for a slot, first come first served. Who left the line otherwise is passed over. */
export class WaitingLine {
  #line: HeldAttempt[] = [];
  #head = 0;

  /** An upper bound: it counts who left until they are passed over. */
  get length(): number {
    return this.#line.length - this.#head;
  }

  add(attempt: HeldAttempt): void {
    this.#line.push(attempt);
  }

  take(): HeldAttempt | undefined {
    while (this.#head < this.#line.length) {
      const attempt = this.#line[this.#head++]!;
      if (attempt.state === 'held') return attempt;
    }
    this.clear();
    return undefined;
  }

  clear(): void {
    this.#line = [];
    this.#head = 0;
  }
}
