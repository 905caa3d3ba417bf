import type { Clock, Journal } from '@millrace/runtime';
import type { Effect } from './effect-queue.ts';
import type { Scheduler } from './scheduler.ts';

/** Uptime with which every process begins: durations "since long ago" are longer than any bound. */
const uptimeAtBeginMs = 100_000_000;

/**
 * A process: a memory, a clock, and effects that are its own. Once it has crashed none of them ever happens; while it is
 * frozen they wait, and time passes.
 */
export class SimProcess {
  isAlive = true;
  isFrozen = false;
  /** How much longer everything takes that it does. */
  slowness = 1;
  /** What it set off while it was slow happens until then. */
  lateUntilMs = 0;
  /** By how much its clock is wrong. */
  skewMs: number;
  readonly #bornAtMs: number;
  #parked: Effect[] = [];
  readonly #whenCrashed: (() => void)[] = [];
  readonly scheduler: Scheduler;
  readonly name: string;

  constructor(scheduler: Scheduler, name: string, skewMs: number) {
    this.scheduler = scheduler;
    this.name = name;
    this.skewMs = skewMs;
    this.#bornAtMs = scheduler.nowMs;
  }

  readonly clock: Clock = {
    now: () => this.scheduler.nowMs + this.skewMs,
    uptimeMs: () => uptimeAtBeginMs + this.scheduler.nowMs - this.#bornAtMs,
    after: (delayMs, callback) => {
      const effect = this.effect(delayMs, 'timer', callback);
      return () => void (effect.isCancelled = true);
    },
  };

  /** Tells what operators would read, in the story alone. */
  readonly journal: Journal = {
    info: (fields, message) => this.#note(fields, message),
    warn: (fields, message) => this.#note(fields, message),
    error: (fields, message) => this.#note(fields, message),
  };

  /** Happens in this process, unless it has crashed by then. */
  effect(delayMs: number, label: string, run: () => void): Effect {
    const effect = this.scheduler.after(delayMs * this.slowness, this, label, run);
    if (this.slowness > 1) this.lateUntilMs = Math.max(this.lateUntilMs, effect.dueMs);
    return effect;
  }

  /** How long a message is under way. */
  latencyMs(): number {
    return this.scheduler.chance.below(4) * this.slowness;
  }

  /** Asks a server: the request travels, the server acts, the answer travels. A dead process gets none. */
  ask<T>(label: string, serve: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.isAlive) return;
      this.scheduler.after(this.latencyMs(), undefined, label, () => {
        try {
          const answer = serve();
          if (answer instanceof Promise) answer.catch(() => undefined);
          this.effect(this.latencyMs(), `${label} answered`, () => resolve(answer));
        } catch (error) {
          this.effect(this.latencyMs(), `${label} failed`, () => reject(error as Error));
        }
      });
    });
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.effect(delayMs, 'timer', resolve));
  }

  park(effect: Effect): void {
    this.#parked.push(effect);
  }

  whenCrashed(listener: () => void): void {
    this.#whenCrashed.push(listener);
  }

  /** Everything in its memory is gone; what it has sent may still arrive. */
  crash(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#parked = [];
    for (const listener of this.#whenCrashed) listener();
  }

  freeze(): void {
    this.isFrozen = true;
  }

  wake(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    for (const effect of this.#parked.splice(0)) this.scheduler.again(effect);
  }

  #note(fields: object, message: string): void {
    const { story, nowMs } = this.scheduler;
    if (!story.isTold) return;
    const told = JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? value.message : value));
    story.tell(nowMs, this.name, `"${message}" ${told}`);
  }
}
