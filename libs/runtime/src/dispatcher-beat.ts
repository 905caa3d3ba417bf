import type { Instant } from '@millrace/domain';
import { rulesKnown, type DispatcherHeartbeat } from '@millrace/protocol';
import type { DispatchPartitions } from './dispatch-partitions.js';
import { sayHalted } from './halted-partitions.js';
import { ownedLinesMax } from './owned-lines.js';
import type { OutgoingRecord } from './ports.js';

/** What a dispatcher says of itself, as a record of `millrace.workers`. */
export function dispatcherBeat(
  id: string,
  at: Instant,
  { owners, halted }: DispatchPartitions,
  isLeaving: boolean,
  knows = rulesKnown,
): OutgoingRecord {
  const linesMax = Math.max(1, Math.floor(ownedLinesMax / Math.max(1, owners.size)));
  const partitions = [...owners.values()].flatMap(({ owned }) =>
    owned === undefined ? [] : [{ ...owned, lines: owned.lines?.slice(0, linesMax) ?? [] }],
  );
  const heartbeat: DispatcherHeartbeat = {
    v: 1,
    kind: 'dispatcher',
    id,
    at,
    knows,
    partitions,
    ...sayHalted(halted),
  };
  return { key: id, value: Buffer.from(JSON.stringify(isLeaving ? { ...heartbeat, leaving: true } : heartbeat)) };
}
