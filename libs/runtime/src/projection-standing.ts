import type { ServiceHeartbeat } from '@millrace/protocol';
import { entriesOf } from './entries-of.js';
import { sayHalted } from './halted-partitions.js';
import type { Projected } from './take-up-projection.js';

/** Records that are in the log, as far as its end is known, and not in the store. */
export function lagOf(projected: Iterable<Projected>): number {
  let lag = 0;
  for (const { stored, endOffset } of projected) lag += Math.max(0, endOffset - stored.to);
  return lag;
}

/** What a heartbeat says of a projector. */
export type Standing = Required<Pick<ServiceHeartbeat, 'positions' | 'entries'>> & Pick<ServiceHeartbeat, 'halted'>;

/** Next offsets as stored, entries of the log below them, and what has halted. */
export function standingOf(projected: ReadonlyMap<number, Projected>, halted: ReadonlyMap<number, Error>): Standing {
  return {
    positions: Object.fromEntries([...projected].map(([partition, { stored }]) => [partition, stored.to])),
    entries: Object.fromEntries([...projected].map(([partition, { stored }]) => [partition, entriesOf(stored)])),
    ...sayHalted(halted),
  };
}
