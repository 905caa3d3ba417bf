import type { Violation } from '@millrace/checker';
import { GapDoubted, GapFault, gapsOf, PartitionFold, type RecordReader } from '@millrace/runtime';
import { CheckedPartition } from './checked-partition.js';

interface Followed {
  fold: PartitionFold;
  checked: CheckedPartition;
  hasLookedForGaps: boolean;
}

/**
 * Folds every partition of the log from its birth on and judges each record by the invariants, as it comes. Holds what the
 * folds and the checker hold. A partition whose fold halts is told by the error that ends it: `LineageFault`, `GapFault`.
 */
export class FollowedLog {
  readonly #partitions: Map<number, Followed>;

  constructor(
    private readonly reader: RecordReader,
    private readonly topic: string,
    partitions: readonly number[],
  ) {
    this.#partitions = new Map(partitions.map((partition) => [partition, followed(partition)]));
  }

  /** Where each partition stands: the next offset. */
  get positions(): ReadonlyMap<number, number> {
    return new Map(Array.from(this.#partitions, ([partition, { fold }]) => [partition, fold.position]));
  }

  /** Reads what there is, waiting for at most `waitMsMax`, and gives the violations that it shows. Throws what the reader throws. */
  async step(waitMsMax: number): Promise<Violation[]> {
    const wanted = Array.from(this.positions, ([partition, offset]) => ({ topic: this.topic, partition, offset }));
    const found: Violation[] = [];
    for (const { partition, records } of await this.reader.fetch(wanted, waitMsMax)) {
      const { fold, checked } = this.#partitions.get(partition)!;
      try {
        for (const record of records) {
          const taken = fold.take(record, checked.sink);
          if (taken === 'fetch-again') break;
          if (taken === 'folded') found.push(...checked.folded(record));
        }
      } catch (error) {
        await this.#passGaps(partition, error);
      }
    }
    return found;
  }

  /** Begins a partition anew with the gaps that were accepted, once for each that it meets. */
  async #passGaps(partition: number, error: unknown): Promise<void> {
    const before = this.#partitions.get(partition)!;
    if (!(error instanceof GapFault || error instanceof GapDoubted) || before.hasLookedForGaps) throw error;
    const gaps = await gapsOf(this.reader, this.topic, partition);
    this.#partitions.set(partition, {
      ...followed(partition),
      fold: new PartitionFold(partition, undefined, gaps),
      hasLookedForGaps: true,
    });
  }
}

function followed(partition: number): Followed {
  return { fold: new PartitionFold(partition), checked: new CheckedPartition(partition), hasLookedForGaps: false };
}
