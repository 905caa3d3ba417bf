import type { Clock } from '@millrace/runtime';
import type { Instant } from '@millrace/domain';

/** Two clocks that are read one after the other differ by less than this. */
const leapMsMin = 20;

/**
 * The machine's clock as it was when somebody last looked, going on by one that nobody sets: what is noted between two looks
 * is noted by the same time, whenever the machine's clock is set.
 */
export class SettledClock implements Clock {
  readonly #machine: Clock;
  readonly #monotonicMs: () => number;
  #offsetMs: number;

  constructor(machine: Clock, monotonicMs: () => number) {
    this.#machine = machine;
    this.#monotonicMs = monotonicMs;
    this.#offsetMs = machine.now() - monotonicMs();
  }

  now(): Instant {
    return Math.round(this.#monotonicMs() + this.#offsetMs);
  }

  uptimeMs(): number {
    return this.#machine.uptimeMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#machine.after(delayMs, callback);
  }

  /** Goes on from the machine's time where that was set, and gives by how much: what was noted before has to move along. */
  look(): number {
    const leapMs = Math.round(this.#machine.now() - this.#monotonicMs() - this.#offsetMs);
    if (Math.abs(leapMs) < leapMsMin) return 0;
    this.#offsetMs += leapMs;
    return leapMs;
  }
}
