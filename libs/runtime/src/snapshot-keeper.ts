import type { Instant } from '@millrace/domain';
import { entriesOf } from './entries-of.js';
import type { PartitionFold } from './partition-fold.js';
import type { Clock, Journal, SnapshotContent, SnapshotStore } from './ports.js';
import { takeSnapshot } from './snapshot-codec.js';

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

interface Kept {
  readonly fold: PartitionFold;
  /** Where the newest snapshot stands, and when it was taken or given up. */
  position: number;
  entries: number;
  at: Instant;
}

/**
 * Takes snapshots off the hot path: the copy of the state is made at once, which is the pause, and written while others
 * work. One at a time in this process, so that memory holds one copy. One that cannot be stored is given up: the next is
 * due as if it had been.
 */
export class SnapshotKeeper {
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
    const now = clock.now();
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
    this.#kept.delete(partition);
  }

  /** Resolves when nothing is being written any more. */
  async idle(): Promise<void> {
    await this.#saving;
  }

  async #save(fold: PartitionFold, rows: () => Iterable<unknown>): Promise<void> {
    const { store, content, clock, journal } = this.#options;
    const { partition } = fold;
    const from = clock.now();
    const { header, chunks } = takeSnapshot(fold, content, rows());
    const pauseMs = clock.now() - from;
    const { position } = header;
    try {
      const { bytes } = await store.save(header, chunks);
      journal.info({ partition, position, bytes, pauseMs, tookMs: clock.now() - from }, 'A snapshot is stored.');
    } catch (error) {
      journal.warn({ partition, position, error }, 'A snapshot was not stored; the next one will do.');
    }
  }
}
