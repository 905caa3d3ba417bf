import { bandsHighestFirst, type Band } from '../band.js';
import type { TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';

/** A task run that waits for a worker. Stale once its task run left `queued` or has a later attempt. */
export interface ReadyEntry {
  readonly run: Run;
  readonly task: TaskIndex;
  /** Number of the last attempt when it was queued: each queueing has its own. */
  readonly attempt: number;
  /** Order of queueing in this partition. */
  readonly seq: number;
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

/**
 * Task runs that wait for a worker: a ring per queue, band and handler, so that a handler which nobody serves holds up
 * nothing but itself. A ring goes when its last task run leaves.
 */
export class ReadyQueue {
  readonly #rings = new Map<Band, Map<string, ReadyRing>>(bandsHighestFirst.map((band) => [band, new Map()]));
  #seq = 0;
  #waiting = 0;

  /** Task runs queued. */
  get waiting(): number {
    return this.#waiting;
  }

  add(run: Run, task: TaskIndex): void {
    this.#push({ run, task, attempt: run.attemptNumberOf(task), seq: ++this.#seq });
  }

  /** Of the task run that was queued last. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Fills an empty queue, for state that comes from a snapshot: entries ring by ring, as `rings` gave them. */
  restore(lastSeq: number, entries: Iterable<ReadyEntry>): void {
    this.#seq = lastSeq;
    for (const entry of entries) this.#push(entry);
  }

  #push(entry: ReadyEntry): void {
    const { queue, handler } = entry.run.task(entry.task);
    const band = entry.run.bandOf(entry.task);
    const rings = this.#rings.get(band)!;
    const key = `${queue} ${handler}`;
    let ring = rings.get(key);
    if (ring === undefined) {
      ring = new ReadyRing(queue, band, handler);
      rings.set(key, ring);
    }
    ring.push(entry);
    this.#waiting += 1;
  }

  /** The task run's status has just left `queued`. */
  left(run: Run, task: TaskIndex): void {
    const { queue, handler } = run.task(task);
    const rings = this.#rings.get(run.bandOf(task))!;
    const key = `${queue} ${handler}`;
    const ring = rings.get(key)!;
    ring.left();
    if (ring.live === 0) rings.delete(key);
    this.#waiting -= 1;
  }

  /** Rings of a band that hold something, in the order in which they came to be. */
  rings(band: Band): IterableIterator<ReadyRing> {
    return this.#rings.get(band)!.values();
  }
}
