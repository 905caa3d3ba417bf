import { AppendTally } from './append-tally.js';
import { FoldTally } from './fold-tally.js';

/** What a dispatcher counts, over all its partitions. */
export class DispatchTally {
  readonly fold = new FoldTally();
  readonly appends = new AppendTally();
  /** Recovery included. */
  recordsFolded = 0;
  partitionsTaken = 0;
  partitionsLost = 0;
  published = 0;
  /** Of these, copies that a worker claims before it runs them. */
  publishedAgain = 0;
  publishFailures = 0;
  /** High watermark of each partition as last read. */
  readonly ends = new Map<number, number>();
}
