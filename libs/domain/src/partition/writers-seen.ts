import type { Instant } from '../ids.js';

const hourMs = 60 * 60 * 1_000;
/** A writer is forgotten after this long without a frame; it gives a frame up after 10 minutes. */
export const writerForgottenMs = 24 * hourMs;

/** The last seq of every writer incarnation: what makes a frame that is sent again harmless. */
export class WritersSeen {
  readonly #last = new Map<string, { seq: number; at: Instant }>();
  #hour = 0;

  /** Takes the frame's seq if it is higher than the last; false: the frame is a duplicate. Gaps are allowed. */
  advance(by: string, seq: number, at: Instant): boolean {
    this.#forget(at);
    const last = this.#last.get(by);
    if (last === undefined) {
      this.#last.set(by, { seq, at });
      return true;
    }
    if (seq <= last.seq) return false;
    last.seq = seq;
    last.at = at;
    return true;
  }

  get size(): number {
    return this.#last.size;
  }

  /** Every writer that is remembered, with its last seq and when that came. */
  *all(): Generator<{ readonly by: string; readonly seq: number; readonly at: Instant }> {
    for (const [by, { seq, at }] of this.#last) yield { by, seq, at };
  }

  /** The hour in which writers were forgotten last: with `all` everything that `restore` wants. */
  get forgottenInHour(): number {
    return this.#hour;
  }

  /** Takes the place of what is remembered, for state that comes from a snapshot. */
  restore(hour: number, writers: Iterable<{ readonly by: string; readonly seq: number; readonly at: Instant }>): void {
    this.#hour = hour;
    for (const { by, seq, at } of writers) this.#last.set(by, { seq, at });
  }

  #forget(at: Instant): void {
    const hour = Math.floor(at / hourMs);
    if (hour === this.#hour) return;
    this.#hour = hour;
    for (const [by, last] of this.#last) if (last.at < at - writerForgottenMs) this.#last.delete(by);
  }
}
