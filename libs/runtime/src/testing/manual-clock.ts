import type { Instant } from '@millrace/domain';
import type { Clock } from '../ports.js';

interface Timer {
  readonly dueAt: Instant;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that only tests move. Timers fire inside `advance`, by due time, ties in the order they were set. */
export class ManualClock implements Clock {
  private readonly timers = new Set<Timer>();
  private timersSet = 0;
  private setByMs = 0;

  constructor(private instant: Instant = 1_700_000_000_000) {}

  now(): Instant {
    return this.instant + this.setByMs;
  }

  uptimeMs(): number {
    return this.instant;
  }

  /** Somebody sets the machine's clock: durations do not change by it. */
  set(byMs: number): void {
    this.setByMs += byMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueAt: this.instant + Math.max(0, delayMs), order: this.timersSet++, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** When the next timer is due; undefined where none is set. */
  nextAt(): Instant | undefined {
    return this.nextDueBy(Infinity)?.dueAt;
  }

  /** The machine sleeps: time passes and no timer fires. Those that fell due meanwhile fire with the next `advance`, in their order. */
  sleep(forMs: number): void {
    this.instant += forMs;
  }

  /** Timers that have neither fired nor been cancelled. */
  get timersPending(): number {
    return this.timers.size;
  }

  /** Moves time on. Each callback sees the time it was due at; timers that callbacks set fire too when due by then. */
  advance(byMs: number): void {
    const until = this.instant + byMs;
    for (let timer = this.nextDueBy(until); timer !== undefined; timer = this.nextDueBy(until)) {
      this.timers.delete(timer);
      this.instant = Math.max(this.instant, timer.dueAt);
      timer.callback();
    }
    this.instant = until;
  }

  /** `advance` in steps of `stepMs`, letting promises settle after each, for code that awaits between its timers. */
  async run(forMs: number, stepMs = 10): Promise<void> {
    for (let passedMs = 0; passedMs < forMs; passedMs += stepMs) {
      this.advance(Math.min(stepMs, forMs - passedMs));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  private nextDueBy(until: Instant): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueAt > until) continue;
      if (next === undefined || timer.dueAt < next.dueAt || (timer.dueAt === next.dueAt && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}
