import type { Instant } from '../ids.js';
import type { Run } from '../run/run.js';
import type { ReadyEntry } from './ready-ring.js';

interface Paused {
  readonly since: Instant;
  /** What would wait in the rings, with its place in the order of queueing. May be stale. */
  readonly entries: ReadyEntry[];
}

/** Runs that are paused, with their task runs that are queued. Costs nothing for runs that are not. */
export class PausedRuns {
  readonly #paused = new Map<Run, Paused>();

  /** Since when, by partition time; undefined for a run that is not paused. */
  since(run: Run): Instant | undefined {
    return this.#paused.get(run)?.since;
  }

  has(run: Run): boolean {
    return this.#paused.has(run);
  }

  /** Each run with when it was paused, in that order. */
  *all(): Generator<readonly [Run, Instant]> {
    for (const [run, { since }] of this.#paused) yield [run, since];
  }

  /** What waits aside, run by run; entries may be stale. */
  *entries(): Generator<ReadyEntry> {
    for (const { entries } of this.#paused.values()) yield* entries;
  }

  pause(run: Run, since: Instant, entries: ReadyEntry[] = []): void {
    this.#paused.set(run, { since, entries });
  }

  /** Keeps the entry aside where its run is paused; false where it is not. */
  keep(entry: ReadyEntry): boolean {
    const paused = this.#paused.get(entry.run);
    paused?.entries.push(entry);
    return paused !== undefined;
  }

  /** The run goes on, or has ended: gives what waited aside. Tolerates a run that is not paused. */
  release(run: Run): readonly ReadyEntry[] {
    const entries = this.#paused.get(run)?.entries ?? [];
    this.#paused.delete(run);
    return entries;
  }
}
