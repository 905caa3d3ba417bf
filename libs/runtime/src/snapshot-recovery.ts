import { hasPassed } from '@millrace/domain';
import { rulesKnown, type Topics } from '@millrace/protocol';
import { readBirth } from './births.js';
import { KnownGaps } from './known-gaps.js';
import { PartitionFold } from './partition-fold.js';
import {
  SnapshotUnfit,
  type Journal,
  type RecordReader,
  type SnapshotContent,
  type SnapshotManifest,
  type SnapshotStore,
} from './ports.js';
import type { SnapshotKeeper } from './snapshot-keeper.js';
import { readSnapshot, snapshotFormat, type ReadSnapshot } from './snapshot-codec.js';

export interface SnapshotRecoveryOptions {
  readonly store: SnapshotStore;
  /** Its own; `close` closes it. */
  readonly reader: RecordReader;
  readonly topics: Topics;
  readonly journal: Journal;
  /** The highest rules that its folds know. Default: those of this code. */
  readonly knows?: number;
}

/** What a loop needs to take snapshots and to recover from them. Whoever made them closes them. */
export interface Snapshots {
  readonly recovery: SnapshotRecovery;
  readonly keeper: SnapshotKeeper;
}

/** A fold that stands where its snapshot did, or at the beginning of the log. */
export interface Recovered {
  readonly fold: PartitionFold;
  /** Rows of live runs, where the snapshot held any. */
  readonly rows: readonly unknown[];
}

/**
 * Finds where a partition can be folded on: the newest snapshot that fits, else offset 0. It fits when it is of this log
 * (nonce), under rules and in a format that this code knows, not past the given offset, and whole. One that does not fit is
 * said and the next older one is tried. Partitions wait for each other: one snapshot is in memory at a time.
 */
export class SnapshotRecovery {
  readonly #options: SnapshotRecoveryOptions;
  /** Gaps that were accepted: a snapshot that has not passed over them is past none. */
  readonly gaps = new KnownGaps();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SnapshotRecoveryOptions) {
    this.#options = options;
  }

  /** `notAfter`: the snapshot's position at most; default: the end of the log. Throws `LogUnavailable`, `TopicMissing`, `LineageFault`. */
  recover(partition: number, content: SnapshotContent, notAfter = Infinity): Promise<Recovered> {
    const recovering = this.#last.then(() => this.#recover(partition, content, notAfter));
    this.#last = recovering.catch(() => undefined);
    return recovering;
  }

  /** Tolerates being called twice. */
  async close(): Promise<void> {
    await Promise.all([this.#options.reader.close(), this.#options.store.close()]);
  }

  async #recover(partition: number, content: SnapshotContent, notAfter: number): Promise<Recovered> {
    const { store, reader, topics, journal, knows = rulesKnown } = this.#options;
    const birth = await readBirth(reader, topics.log, partition);
    const { end } = await reader.bounds(topics.log, partition);
    for (const manifest of birth === undefined ? [] : await store.newest(partition)) {
      if (manifest !== undefined && manifest.content !== content) continue;
      const fault = faultOf(manifest, { nonce: birth!.nonce, partition, notAfter: Math.min(end, notAfter), knows });
      const read = fault === undefined ? await this.#read(manifest!) : fault;
      if (typeof read !== 'string') {
        const fields = {
          partition,
          position: manifest!.position,
          runs: read.resume.state.runs.size,
          bytes: manifest!.bytes,
        };
        journal.info(fields, 'Recovering from a snapshot.');
        return { fold: new PartitionFold(partition, read.resume, this.gaps, knows), rows: read.rows };
      }
      journal.warn({ partition, position: manifest?.position }, `A snapshot is refused: ${read}`);
    }
    journal.info({ partition }, 'Recovering from the beginning of the log: no snapshot fits.');
    return { fold: new PartitionFold(partition, undefined, this.gaps, knows), rows: [] };
  }

  async #read(manifest: SnapshotManifest): Promise<ReadSnapshot | string> {
    try {
      const read = await readSnapshot(manifest, this.#options.store.load(manifest));
      const { state } = read.resume;
      const gap = this.gaps
        .lost(manifest.partition)
        .find((each) => each.from < state.position && !hasPassed(state, each));
      if (gap === undefined) return read;
      return `Expected a state without the records from ${gap.from} to below ${gap.to}, which are lost, but it has them.`;
    } catch (error) {
      if (error instanceof SnapshotUnfit) return error.message;
      throw error;
    }
  }
}

/** Says from where a fold came to `to`, and how many records it took. */
export function noteRecovered(journal: Journal, { partition, resumedAt: from }: PartitionFold, to: number): void {
  journal.info({ partition, from, folded: to - from }, 'The partition is recovered.');
}

/** Why this snapshot is not to be used, as far as its manifest tells. */
function faultOf(
  manifest: SnapshotManifest | undefined,
  {
    nonce,
    partition,
    notAfter,
    knows,
  }: { readonly nonce: string; readonly partition: number; readonly notAfter: number; readonly knows: number },
): string | undefined {
  if (manifest === undefined) return 'Expected a manifest, but these bytes are none.';
  const { format, rules, position } = manifest;
  if (manifest.partition !== partition)
    return `Expected one of partition ${partition}, but it is of ${manifest.partition}.`;
  if (manifest.nonce !== nonce) return `Expected one of log ${nonce}, but it is of ${manifest.nonce}.`;
  if (format !== snapshotFormat) return `Expected format ${snapshotFormat}, but it has ${format}.`;
  if (rules > knows) return `Expected rules up to ${knows}, but it is under ${rules}.`;
  if (position > notAfter) return `Expected one up to offset ${notAfter}, but it stands at ${position}.`;
  return undefined;
}
