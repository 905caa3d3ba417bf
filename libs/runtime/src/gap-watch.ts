import type { Gap } from '@millrace/domain';
import { acceptanceIn, findGap } from './find-gap.js';
import { GapDoubted, GapFault } from './partition-fold.js';
import type { KnownGaps } from './known-gaps.js';
import type { Clock, Journal, RecordReader } from './ports.js';

export interface GapWatchOptions {
  /** Lent by the loop, which waits for every call. */
  readonly reader: RecordReader;
  readonly topic: string;
  readonly known: KnownGaps;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Reads of one look at one partition, 2 MiB each at most: its neighbours wait meanwhile. */
const readsMax = 4;
const lookMs = 500;

interface Search {
  readonly gap: Gap;
  /** The fold has those records; else it stands before the gap. */
  readonly isDoubted: boolean;
  /** Next offset to look at. */
  cursor: number;
}

/**
 * Looks in the log for the acceptance of the gaps at which partitions have halted, and whether gaps that were accepted are
 * gaps at all where a fold has the records. Reads forward from the gap, and then what is appended.
 */
export class GapWatch {
  readonly #options: GapWatchOptions;
  readonly #searches = new Map<number, Search>();
  #lookedAt = -Infinity;

  constructor(options: GapWatchOptions) {
    this.#options = options;
  }

  /** A partition has halted; anything but a gap is not its business. */
  halted(fault: Error): void {
    if (fault instanceof GapFault) {
      const gap = { from: fault.expected, to: fault.found };
      this.#searches.set(fault.partition, { gap, isDoubted: false, cursor: gap.to });
    } else if (fault instanceof GapDoubted) {
      this.#searches.set(fault.partition, { gap: fault.gap, isDoubted: true, cursor: 0 });
    }
  }

  /** Partitions that are to be recovered and folded on. Throws what the reader throws. */
  async look(): Promise<number[]> {
    const { clock, journal } = this.#options;
    if (this.#searches.size === 0 || clock.uptimeMs() - this.#lookedAt < lookMs) return [];
    this.#lookedAt = clock.uptimeMs();
    const settled: number[] = [];
    for (const [partition, search] of this.#searches) {
      const isSettled = search.isDoubted ? await this.#verify(partition, search) : await this.#find(partition, search);
      if (!isSettled) continue;
      this.#searches.delete(partition);
      settled.push(partition);
      journal.warn({ partition, ...search.gap }, 'A gap of the log was accepted; the partition is recovered.');
    }
    return settled;
  }

  async #verify(partition: number, { gap }: Search): Promise<boolean> {
    const { reader, topic, known } = this.#options;
    const found = await findGap(reader, topic, partition, gap.from);
    known.note(partition, gap, found?.to === gap.to ? 'lost' : 'there');
    return true;
  }

  async #find(partition: number, search: Search): Promise<boolean> {
    const { reader, topic, known } = this.#options;
    for (let reads = 0; reads < readsMax; reads++) {
      const [fetched] = await reader.fetch([{ topic, partition, offset: search.cursor }], 0);
      for (const record of fetched?.records ?? []) {
        search.cursor = record.offset + 1;
        if (acceptanceIn(record, search.gap) === undefined) continue;
        known.note(partition, search.gap, 'lost');
        return true;
      }
      if (fetched === undefined || search.cursor >= fetched.endOffset) return false;
    }
    return false;
  }
}
