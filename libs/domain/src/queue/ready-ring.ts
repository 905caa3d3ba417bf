import type { Band } from '../band.js';
import type { Instant, TaskIndex } from '../ids.js';
import { chunkRows } from '../run/run-rows.js';
import type { Run } from '../run/run.js';
import { ReadyRows } from './ready-rows.js';

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
  #rows = new ReadyRows();
  #head = 0;
  /** Task runs in it that are queued. */
  live = 0;

  constructor(
    readonly queue: string,
    readonly band: Band,
    readonly handler: string,
  ) {}

  push(entry: ReadyEntry): void {
    this.#rows.push(entry);
    this.live += 1;
  }

  /** One of its task runs left `queued`. */
  left(): void {
    this.live -= 1;
    while (this.#head < this.#rows.length && !this.#rows.isLive(this.#head)) this.#head += 1;
    this.#forgetLeft();
    if (this.#rows.length > 1_024 + 2 * this.live) {
      this.#rows = new ReadyRows(this.waiting());
      this.#head = 0;
    }
  }

  /** Chunk by chunk: what leaves at the head costs the same however much stands behind it. */
  #forgetLeft(): void {
    for (; this.#head >= chunkRows; this.#head -= chunkRows) this.#rows.removeFirstChunk();
  }

  /** Takes out the `count` task runs of a run that wait here, in order. Looks at the entries up to the last of them. */
  takeOut(run: Run, count: number): ReadyEntry[] {
    const rows = this.#rows;
    const taken: ReadyEntry[] = [];
    let next = this.#head;
    for (; next < rows.length && taken.length < count; next++) {
      if (rows.runOf(next) === run && rows.isLive(next)) taken.push(rows.at(next));
    }
    let kept = next;
    while (--next >= this.#head) if (rows.runOf(next) !== run) rows.copy(next, --kept);
    this.#head = kept;
    this.#forgetLeft();
    this.live -= taken.length;
    return taken;
  }

  /** Puts live entries where their age belongs. Costs the moving of what stands behind the first of them. */
  putBack(entries: readonly ReadyEntry[]): void {
    const rows = this.#rows;
    const places = [...entries].sort((one, other) => one.seq - other.seq);
    let from = rows.length;
    for (const entry of places) rows.push(entry);
    let to = rows.length;
    for (let entry = places.pop(); entry !== undefined; entry = places.pop()) {
      while (from > this.#head && rows.seqOf(from - 1) > entry.seq) rows.copy(--from, --to);
      rows.set(--to, entry);
    }
    this.live += entries.length;
  }

  /** Entries held, stale ones included: what it costs in memory. */
  get size(): number {
    return this.#rows.length;
  }

  /** The live entries in order, without taking any. */
  *waiting(): Generator<ReadyEntry, undefined> {
    for (let row = this.#head; row < this.#rows.length; row++) {
      if (this.#rows.isLive(row)) yield this.#rows.at(row);
    }
  }
}
