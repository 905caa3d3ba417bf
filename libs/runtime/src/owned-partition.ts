import { pinnedVersions, type PartitionState } from '@millrace/domain';
import type { OwnedPartition } from '@millrace/protocol';
import { entriesOf } from './entries-of.js';

/** What a dispatcher says in heartbeats of a partition that it owns. */
export function ownedPartition(partition: number, position: number, state: PartitionState): OwnedPartition {
  const { epoch, ready } = state;
  const entries = entriesOf(state);
  return { partition, epoch, position, entries, waiting: ready.waiting, pinned: pinnedVersions(state) };
}
