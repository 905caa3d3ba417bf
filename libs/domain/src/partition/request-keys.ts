import type { Instant, RunId } from '../ids.js';

/** A key is unique for this long after its run ended. */
export const keyKeptMs = 24 * 60 * 60 * 1_000;
/**
 * Keys of ended runs that a partition keeps at most, some 350 bytes each; as much a rule of the fold as any other. Beyond
 * it those whose runs ended first are forgotten early, and a request that repeats one makes a new run. Keys of living runs
 * are never forgotten.
 */
export const endedKeysMax = 200_000;

/** What a key stands for. */
export interface KeyedRun {
  readonly run: RunId;
  /** Hash of the body that was sent with it. */
  readonly body: string;
}
/** Undefined while the run lives. */
export type KnownKey = readonly [key: string, run: RunId, body: string, endedAt?: Instant];

/** Which idempotency keys are taken, each by which run: from its request until a day after its end. */
export class RequestKeys {
  readonly #living = new Map<string, KeyedRun>();
  readonly #keyOf = new Map<RunId, string>();
  /** In the order of ends: partition time never goes back, so the first one is forgotten first. */
  readonly #ended = new Map<string, KeyedRun & { readonly endedAt: Instant }>();
  #forgottenEarly = 0;

  constructor(private readonly endedMax = endedKeysMax) {}

  /** Of living and of ended runs. */
  get size(): number {
    return this.#living.size + this.#ended.size;
  }

  /** Keys of ended runs that went before their day was over, since there were more than a partition keeps. */
  get forgottenEarly(): number {
    return this.#forgottenEarly;
  }

  /** The run that has the key at this time. */
  find(key: string, at: Instant): KeyedRun | undefined {
    const living = this.#living.get(key);
    if (living !== undefined) return living;
    const ended = this.#ended.get(key);
    return ended === undefined || isOver(ended.endedAt, at) ? undefined : ended;
  }

  /** The key belongs to this run from now on. The caller knows that nobody has it. */
  take(key: string, { run, body }: KeyedRun): void {
    this.#ended.delete(key);
    this.#living.set(key, { run, body });
    this.#keyOf.set(run, key);
  }

  /** A run has ended; most have no key. */
  ended(run: RunId, at: Instant): void {
    const key = this.#keyOf.get(run);
    if (key === undefined) return;
    this.#keyOf.delete(run);
    this.#ended.set(key, { ...this.#living.get(key)!, endedAt: at });
    this.#living.delete(key);
    this.#forget(at);
  }

  /** All of them, in the order that `restore` wants. */
  *all(): Generator<KnownKey> {
    for (const [key, { run, body }] of this.#living) yield [key, run, body];
    for (const [key, { run, body, endedAt }] of this.#ended) yield [key, run, body, endedAt];
  }

  /** Takes the place of what is known, for state that comes from a snapshot. */
  restore(forgottenEarly: number, keys: Iterable<KnownKey>): void {
    this.#forgottenEarly = forgottenEarly;
    for (const [key, run, body, endedAt] of keys) {
      if (endedAt === undefined) this.take(key, { run, body });
      else this.#ended.set(key, { run, body, endedAt });
    }
  }

  #forget(at: Instant): void {
    for (const [key, { endedAt }] of this.#ended) {
      if (!isOver(endedAt, at)) {
        if (this.#ended.size <= this.endedMax) return;
        this.#forgottenEarly += 1;
      }
      this.#ended.delete(key);
    }
  }
}

function isOver(endedAt: Instant, at: Instant): boolean {
  return endedAt + keyKeptMs <= at;
}
