import type { Clock } from '@millrace/runtime';
import type { HeldAttempt } from './held-attempt.js';
import type { Slots } from './slots.js';
import { WaitingLine } from './waiting-line.js';

export interface SuspectsOptions {
  readonly slots: Slots;
  readonly clock: Clock;
}

/** Attempts that may be what ends their workers' processes, and wait to run where they harm no neighbour. */
export interface Suspects {
  readonly length: number;
  add(attempt: HeldAttempt): void;
  /** Something may have ended. */
  look(): void;
  /** The next one that may begin now. */
  take(): HeldAttempt | undefined;
  /** Is it this one's turn as soon as others have ended? Then it is not handed back for want of a slot. */
  keeps(attempt: HeldAttempt): boolean;
  /** Nobody waits any more; what runs goes on. */
  clear(): void;
}

/** What began and has not ended. */
const isUnderWay = ({ state }: HeldAttempt): boolean => state === 'claiming' || state === 'running';

/** Suspects that run in processes of their own, `max` at a time, beside everything else. */
export class SuspectsElsewhere implements Suspects {
  readonly #waiting = new WaitingLine();
  readonly #taken = new Set<HeldAttempt>();

  constructor(
    private readonly slots: Slots,
    private readonly max: number,
  ) {}

  get length(): number {
    return this.#waiting.length;
  }

  add(attempt: HeldAttempt): void {
    this.#waiting.add(attempt);
  }

  take(): HeldAttempt | undefined {
    if (this.#waiting.length === 0 || !this.slots.hasFree) return undefined;
    for (const taken of this.#taken) if (!isUnderWay(taken)) this.#taken.delete(taken);
    if (this.#taken.size >= this.max) return undefined;
    const attempt = this.#waiting.take();
    if (attempt !== undefined) this.#taken.add(attempt);
    return attempt;
  }

  look(): void {
    // What has ended is forgotten when the next one is taken.
  }

  keeps(): boolean {
    return false;
  }

  clear(): void {
    this.#waiting.clear();
  }
}

/** A turn waits this long at most for what runs to end: the default of start-to-close. */
const idleWaitMsMax = 300_000;

/**
 * Suspects of a worker that knows no modules to load elsewhere: one runs in the worker's process, and nothing beside it. Its
 * turn begins when it comes first: from then on nothing else begins, it begins when all that runs has ended, and the turn is
 * over when it has. The next turn begins after as long a time for everybody else, so that suspects take half of a worker at
 * most.
 */
export class SuspectsHere implements Suspects {
  readonly #options: SuspectsOptions;
  readonly #waiting = new WaitingLine();
  #turn: { readonly attempt: HeldAttempt; readonly since: number } | undefined;
  #notBefore = -Infinity;

  constructor(options: SuspectsOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(attempt: HeldAttempt): void {
    this.#waiting.add(attempt);
  }

  take(): HeldAttempt | undefined {
    this.look();
    this.#beginTurn();
    const attempt = this.#turn?.attempt;
    return attempt?.state === 'held' && this.#options.slots.areAllFree ? attempt : undefined;
  }

  /** The turn is over when it has ended, or when what runs beside it does not. */
  look(): void {
    if (this.#turn === undefined || isUnderWay(this.#turn.attempt)) return;
    const tookMs = this.#options.clock.uptimeMs() - this.#turn.since;
    if (this.#turn.attempt.state !== 'held' || tookMs > idleWaitMsMax) this.#give(tookMs);
  }

  keeps(attempt: HeldAttempt): boolean {
    return this.#turn?.attempt === attempt;
  }

  clear(): void {
    this.#waiting.clear();
    if (this.#turn !== undefined && !isUnderWay(this.#turn.attempt)) this.#give(0);
  }

  #beginTurn(): void {
    const { slots, clock } = this.#options;
    const since = clock.uptimeMs();
    if (this.#turn !== undefined || this.#waiting.length === 0 || since < this.#notBefore) return;
    if (!slots.reserve(this)) return;
    const attempt = this.#waiting.take();
    if (attempt === undefined) slots.release(this);
    else this.#turn = { attempt, since };
  }

  #give(tookMs: number): void {
    this.#turn = undefined;
    this.#notBefore = this.#options.clock.uptimeMs() + tookMs;
    this.#options.slots.release(this);
  }
}
