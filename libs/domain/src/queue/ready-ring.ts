import type { Band } from '../band.js';
import type { Instant, TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';

/** A task run that waits for a worker. Stale once its task run left `queued` or has a later attempt. */
export interface ReadyEntry {
  readonly run: Run;
  readonly task: TaskIndex;
  /** Number of the last attempt when it was queued: each queueing has its own. */
  readonly attempt: number;
  /** Order of queueing in this partition. */
  readonly seq: number;
  /** Partition time of the queueing: never less than that of an entry with a lower `seq`. */
  readonly since: Instant;
}

export function isLive(entry: ReadyEntry): boolean {
  return entry.run.statusOf(entry.task) === 'queued' && entry.run.attemptNumberOf(entry.task) === entry.attempt;
}

/**
 * First in, first out. Stale entries leave at the head, and from the middle once more than half of all are stale: what is
 * cancelled behind a task run that waits for ever must not pile up.
 */
export class ReadyRing {
  #entries: ReadyEntry[] = [];
  #head = 0;
  /** Task runs in it that are queued. */
  live = 0;

  constructor(
    readonly queue: string,
    readonly band: Band,
    readonly handler: string,
  ) {}

  push(entry: ReadyEntry): void {
    this.#entries.push(entry);
    this.live += 1;
  }

  /** One of its task runs left `queued`. */
  left(): void {
    this.live -= 1;
    while (this.#head < this.#entries.length && !isLive(this.#entries[this.#head]!)) this.#head += 1;
    if (this.#entries.length > 1_024 + 2 * this.live) {
      this.#entries = this.#entries.slice(this.#head).filter(isLive);
      this.#head = 0;
    }
  }

  /** Takes out what waits of a run, in order. Linear in the ring. */
  takeOut(run: Run): ReadyEntry[] {
    const waiting = [...this.waiting()];
    this.#fill(waiting.filter((entry) => entry.run !== run));
    return waiting.filter((entry) => entry.run === run);
  }

  /** Puts live entries where their age belongs. Linear in the ring. */
  putBack(entries: readonly ReadyEntry[]): void {
    this.#fill([...this.waiting(), ...entries].sort((one, other) => one.seq - other.seq));
  }

  #fill(entries: ReadyEntry[]): void {
    this.#entries = entries;
    this.#head = 0;
    this.live = entries.length;
  }

  /** Entries held, stale ones included: what it costs in memory. */
  get size(): number {
    return this.#entries.length;
  }

  /** The live entries in order, without taking any. */
  *waiting(): Generator<ReadyEntry> {
    for (let index = this.#head; index < this.#entries.length; index++) {
      const entry = this.#entries[index]!;
      if (isLive(entry)) yield entry;
    }
  }
}
