import { LineageFault } from '../births.js';
import type { KnownGaps } from '../known-gaps.js';
import { PartitionFold } from '../partition-fold.js';
import type { SnapshotManifest } from '../ports.js';
import { readSnapshot } from '../snapshot-codec.js';
import type { VerifyPartitionOptions } from './verify-partition.js';

/** A fold at the beginning of the log, or at the first snapshot behind `start` where records before that are gone. Throws `LineageFault` where there is neither. */
export async function beginFold(
  { snapshots, position: { partition, to } }: VerifyPartitionOptions,
  start: number,
  manifests: readonly SnapshotManifest[],
  gaps: KnownGaps,
): Promise<PartitionFold> {
  if (start === 0) return new PartitionFold(partition, undefined, gaps);
  const first = manifests.find(({ position }) => position >= start && position <= to);
  if (first === undefined) {
    throw new LineageFault(
      partition,
      `Expected the log of partition ${partition} from its birth or a snapshot on, but it begins at ${start} and no snapshot stands between that and ${to}.`,
    );
  }
  const { resume } = await readSnapshot(first, snapshots!.load(first));
  return new PartitionFold(partition, { state: resume.state, recent: [] }, gaps);
}
