import { pinnedVersions, type PartitionState } from '@millrace/domain';
import type { OwnedPartition } from '@millrace/protocol';
import { ownedLines } from './owned-lines.js';
import { entriesOf } from './entries-of.js';

/** What a dispatcher says in heartbeats of a partition that it owns. */
export function ownedPartition(partition: number, position: number, state: PartitionState): OwnedPartition {
  const { epoch, ready, keys, rules, rejected, quarantined } = state;
  const counts = { entries: entriesOf(state), rejected, quarantined, rules, waiting: ready.waiting, keys: keys.size };
  return { partition, epoch, position, ...counts, lines: ownedLines(state), pinned: pinnedVersions(state) };
}
