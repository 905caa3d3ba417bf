import type { Instant } from '@millrace/domain';
import { rulesKnown, type DispatcherHeartbeat } from '@millrace/protocol';
import type { PartitionOwner } from './partition-owner.js';
import type { OutgoingRecord } from './ports.js';

/** What a dispatcher says of itself, as a record of `millrace.workers`. */
export function dispatcherBeat(
  id: string,
  at: Instant,
  owners: Iterable<PartitionOwner>,
  isLeaving: boolean,
): OutgoingRecord {
  const partitions = [...owners].flatMap(({ owned }) => owned ?? []);
  const heartbeat: DispatcherHeartbeat = { v: 1, kind: 'dispatcher', id, at, knows: rulesKnown, partitions };
  return { key: id, value: Buffer.from(JSON.stringify(isLeaving ? { ...heartbeat, leaving: true } : heartbeat)) };
}
