import { bandsHighestFirst, type Band } from '../band.js';
import type { Run } from '../run/run.js';
import { BandShares } from './band-shares.js';
import { ReadyRing, type ReadyEntry } from './ready-ring.js';

/**
 * What waits in one queue: a ring per band and handler, so that a handler which nobody serves holds up nothing but itself,
 * and what its bands are owed. A ring goes when its last task run leaves.
 */
export class QueueLines {
  readonly #rings: readonly Map<string, ReadyRing>[] = [0, 1, 2, 3, 4, 5].map(() => new Map<string, ReadyRing>());
  /** Task runs that wait, by band; index 0 is unused. */
  readonly #waiting = [0, 0, 0, 0, 0, 0];
  #all = 0;
  #shares: BandShares;

  constructor(
    readonly queue: string,
    shares = new BandShares(),
  ) {
    this.#shares = shares;
  }

  /** Task runs that wait. */
  get waiting(): number {
    return this.#all;
  }

  get waitingByBand(): readonly number[] {
    return this.#waiting;
  }

  get shares(): BandShares {
    return this.#shares;
  }

  restoreShares(gained: readonly number[]): void {
    this.#shares = new BandShares(gained);
  }

  push(band: Band, handler: string, entry: ReadyEntry): void {
    this.#ringOf(band, handler).push(entry);
    this.#waiting[band]! += 1;
    this.#all += 1;
  }

  #ringOf(band: Band, handler: string): ReadyRing {
    const rings = this.#rings[band]!;
    let ring = rings.get(handler);
    if (ring === undefined) {
      ring = new ReadyRing(this.queue, band, handler);
      rings.set(handler, ring);
    }
    return ring;
  }

  /** A task run of that band and handler has just left `queued`. */
  left(band: Band, handler: string): void {
    const rings = this.#rings[band]!;
    const ring = rings.get(handler)!;
    ring.left();
    if (ring.live === 0) rings.delete(handler);
    this.#waiting[band]! -= 1;
    this.#all -= 1;
  }

  /** The `count` task runs of a run that wait under that band and handler, in order: they wait here no more. */
  takeOut(band: Band, handler: string, run: Run, count: number): ReadyEntry[] {
    const rings = this.#rings[band]!;
    const ring = rings.get(handler)!;
    const taken = ring.takeOut(run, count);
    if (ring.live === 0) rings.delete(handler);
    this.#waiting[band]! -= taken.length;
    this.#all -= taken.length;
    return taken;
  }

  /** Live entries that wait again where their age belongs. */
  putBack(band: Band, handler: string, entries: readonly ReadyEntry[]): void {
    this.#ringOf(band, handler).putBack(entries);
    this.#waiting[band]! += entries.length;
    this.#all += entries.length;
  }

  /** Rings that hold something: highest band first, then in the order in which they came to be. */
  *rings(): Generator<ReadyRing> {
    for (const band of bandsHighestFirst) yield* this.#rings[band]!.values();
  }

  ringsOf(band: Band): IterableIterator<ReadyRing> {
    return this.#rings[band]!.values();
  }
}
