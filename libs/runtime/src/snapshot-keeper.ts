import { entriesOf } from './entries-of.js';
import { SnapshotTally } from './metrics/snapshot-tally.js';
import type { PartitionFold } from './partition-fold.js';
import type { Clock, Journal, SnapshotContent, SnapshotStore } from './ports.js';
import { takeSnapshot } from './snapshot-codec.js';
import { pause } from './waits.js';

export interface SnapshotKeeperOptions {
  readonly store: SnapshotStore;
  readonly content: SnapshotContent;
  readonly clock: Clock;
  readonly journal: Journal;
  /** A snapshot is due after this many entries of the log. Default 100,000. */
  readonly everyEntries?: number;
  /** And after this long, where anything was folded. Default 60,000. */
  readonly everyMs?: number;
}

/** A fold of which a snapshot may be taken, with copies of the rows of its live runs. */
export interface Offered {
  readonly fold: PartitionFold;
  readonly rows?: () => Iterable<unknown>;
}

/** Folding fewer entries than this takes less time than storing and reading a snapshot: some 10 ms. */
const handOverEntriesMin = 2_000;
/** Handing over waits this long at most for snapshots. */
export const handOverSnapshotsMsMax = 1_500;

interface Kept {
  readonly fold: PartitionFold;
  /** Where the newest snapshot stands, and when it was taken or given up, by `uptimeMs`. */
  position: number;
  entries: number;
  at: number;
}

/**
 * Takes snapshots off the hot path: the copy of the state is made at once, which is the pause, and written while others
 * work. One at a time in this process, so that memory holds one copy. One that cannot be stored is given up: the next is
 * due as if it had been.
 */
export class SnapshotKeeper {
  /** What it has stored since it was made. */
  readonly tally = new SnapshotTally();
  readonly #options: SnapshotKeeperOptions;
  readonly #kept = new Map<number, Kept>();
  #saving: Promise<void> | undefined;

  constructor(options: SnapshotKeeperOptions) {
    this.#options = options;
  }

  /**
   * Takes a snapshot of this fold if one is due; call it between two frames. A fold that was not seen before counts from
   * where it resumed. `rows` gives copies.
   */
  consider(fold: PartitionFold, rows: () => Iterable<unknown> = () => []): void {
    const { clock, everyEntries = 100_000, everyMs = 60_000 } = this.#options;
    const { position } = fold.state;
    const now = clock.uptimeMs();
    const entries = entriesOf(fold.state);
    let kept = this.#kept.get(fold.partition);
    if (kept?.fold !== fold) {
      kept = { fold, position: fold.resumedAt, entries: fold.resumedAt === 0 ? 0 : entries, at: now };
      this.#kept.set(fold.partition, kept);
    }
    const isDue = entries - kept.entries >= everyEntries || now - kept.at >= everyMs;
    if (!isDue || position === kept.position || this.#saving !== undefined || fold.state.birth === undefined) return;
    Object.assign(kept, { position, entries, at: now });
    this.#saving = this.#save(fold, rows).finally(() => (this.#saving = undefined));
  }

  /** Forgets a partition that is another's now. */
  forget(partition: number): void {
    this.tally.newest.delete(partition);
    this.#kept.delete(partition);
  }

  /**
   * Takes snapshots for whoever recovers these partitions next, longest tail first, where the newest is over 2,000 entries
   * old. Resolves when they are stored, or after 1.5 s; what is on its way then may still be stored.
   */
  async handOver(offered: Iterable<Offered>): Promise<void> {
    const { clock } = this.#options;
    const until = clock.uptimeMs() + handOverSnapshotsMsMax;
    const tailOf = ({ fold }: Offered): number => entriesOf(fold.state) - (this.#keptOf(fold)?.entries ?? 0);
    const due = [...offered]
      .filter((each) => each.fold.state.birth !== undefined && tailOf(each) >= handOverEntriesMin)
      .sort((one, other) => tailOf(other) - tailOf(one));
    if (due.length === 0) return;
    const store = async (): Promise<void> => {
      for (const { fold, rows = () => [] } of due) {
        await this.#saving;
        if (clock.uptimeMs() < until) await (this.#saving = this.#save(fold, rows));
      }
      this.#saving = undefined;
    };
    await Promise.race([store(), pause(clock, handOverSnapshotsMsMax)]);
  }

  /** Resolves when nothing is being written any more. */
  async idle(): Promise<void> {
    await this.#saving;
  }

  #keptOf(fold: PartitionFold): Kept | undefined {
    const kept = this.#kept.get(fold.partition);
    return kept?.fold === fold ? kept : undefined;
  }

  async #save(fold: PartitionFold, rows: () => Iterable<unknown>): Promise<void> {
    const { store, content, clock, journal } = this.#options;
    const { partition } = fold;
    const from = clock.uptimeMs();
    const { header, chunks } = takeSnapshot(fold, content, rows());
    const pauseMs = clock.uptimeMs() - from;
    this.tally.paused.add(pauseMs);
    const { position } = header;
    try {
      const { bytes } = await store.save(header, chunks);
      this.tally.stored += 1;
      this.tally.newest.set(partition, { bytes, position, at: clock.now() });
      journal.info({ partition, position, bytes, pauseMs, tookMs: clock.uptimeMs() - from }, 'A snapshot is stored.');
    } catch (error) {
      this.tally.failed += 1;
      journal.warn({ partition, position, error }, 'A snapshot was not stored; the next one will do.');
    }
  }
}
