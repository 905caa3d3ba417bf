import type { HandlerCalls } from './handler-calls.js';
import { turn } from './turns.js';
import type { VirtualClock } from './virtual-clock.js';

/** What the timeline asks of the world that it moves. */
export interface Moving {
  /** Nothing will happen before the next deadline: nothing is under way but handlers that wait for time. */
  readonly isAtRest: boolean;
  /** The next instant at which anything is due; undefined where nothing is. */
  nextDueAt(): number | undefined;
  /** It is being moved, or is not any more: then nothing is to begin. */
  moves(isMoving: boolean): void;
}

interface Goal {
  readonly isReached: () => boolean;
  /** Time goes so far at most; Infinity where only the fact counts. */
  readonly until: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  /** What went wrong where nothing is left that could reach it. */
  readonly stuck: () => Error;
}

/** Turns of the event loop in which nothing moved: then nothing will. */
const quietTurns = 3;
/** Virtual time goes in steps of so much while anything is under way, and leaps where nothing is. */
const stepMs = 100;

/** Moves virtual time, and only while somebody waits for something. Between two steps everything that is ready has run. */
export class Timeline {
  readonly #clock: VirtualClock;
  readonly #calls: HandlerCalls;
  readonly #moving: Moving;
  readonly #goals = new Set<Goal>();
  #isRunning = false;

  constructor(clock: VirtualClock, calls: HandlerCalls, moving: Moving) {
    this.#clock = clock;
    this.#calls = calls;
    this.#moving = moving;
  }

  /** Lets so much time pass. */
  advance(ms: number): Promise<void> {
    const until = this.#clock.now() + ms;
    return this.#reach(() => this.#clock.now() >= until, until, () => new Error('Time cannot pass.')); // prettier-ignore
  }

  /** Lets time pass until a fact holds. Rejects with `stuck` where nothing is left to happen. */
  until(isReached: () => boolean, stuck: () => Error, withinMs = Infinity): Promise<void> {
    const until = this.#clock.now() + withinMs;
    return this.#reach(() => isReached(), until, stuck);
  }

  #reach(isReached: () => boolean, until: number, stuck: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#goals.add({ isReached, until, resolve, reject, stuck });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#moving.moves(true);
    try {
      while (this.#goals.size > 0) {
        await this.#settle();
        if (this.#look()) continue;
        this.#move();
      }
    } catch (error) {
      for (const goal of this.#goals) goal.reject(error as Error);
      this.#goals.clear();
    } finally {
      this.#isRunning = false;
      this.#moving.moves(false);
    }
  }

  /** Gives whether a goal was reached: whoever waited for it goes on before time does. */
  #look(): boolean {
    let found = false;
    for (const goal of this.#goals) {
      const isReached = goal.isReached();
      if (!isReached && this.#clock.now() < goal.until) continue;
      this.#goals.delete(goal);
      found = true;
      if (isReached) goal.resolve();
      else goal.reject(goal.stuck());
    }
    return found;
  }

  #move(): void {
    const now = this.#clock.now();
    const until = Math.min(...Array.from(this.#goals, (goal) => goal.until));
    if (!this.#moving.isAtRest) return this.#clock.advance(Math.min(stepMs, until - now));
    const due = Math.min(until, this.#moving.nextDueAt() ?? Infinity);
    if (due === Infinity) return this.#giveUp();
    if (due - now <= stepMs) return this.#clock.advance(due - now);
    this.#clock.sleep(due - now);
    this.#clock.advance(0);
  }

  #giveUp(): void {
    for (const goal of this.#goals) goal.reject(goal.stuck());
    this.#goals.clear();
  }

  async #settle(): Promise<void> {
    do {
      let seen = this.#clock.stirs;
      for (let quiet = 0; quiet < quietTurns; quiet++) {
        await turn();
        if (this.#clock.stirs === seen) continue;
        seen = this.#clock.stirs;
        quiet = 0;
      }
    } while (await this.#calls.waited());
  }
}
