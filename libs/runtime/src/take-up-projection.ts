import type { Topics } from '@millrace/protocol';
import { LineageFault, readBirth } from './births.js';
import type { KnownGaps } from './known-gaps.js';
import type { PartitionFold } from './partition-fold.js';
import type { Journal, ProjectionPosition, ProjectionStore, RecordReader } from './ports.js';
import type { ProjectionRows } from './projection-rows.js';
import { recoverProjection } from './recover-projection.js';
import type { Snapshots } from './snapshot-recovery.js';

/** One partition on its way into the store. */
export interface Projected {
  readonly fold: PartitionFold;
  readonly rows: ProjectionRows;
  /** Position in the store. */
  stored: ProjectionPosition;
  endOffset: number;
}

export interface TakeUpOptions {
  readonly topics: Topics;
  readonly reader: RecordReader;
  readonly store: ProjectionStore;
  readonly journal: Journal;
  readonly snapshots?: Snapshots;
  readonly gaps: KnownGaps;
  /** The highest rules that its fold knows. Default: those of this code. */
  readonly knows?: number;
}

const remedy = (topic: string): string =>
  `Choose the database of this log (DATABASE_URL), or drop the projection's tables and run millrace migrate: they are filled again from ${topic}.`;

/**
 * Finds where a partition of the store goes on: its position, and a fold at or below it. Throws `LineageFault` where the
 * store tells of another log, and what store, reader and recovery throw.
 */
export async function takeUp(partition: number, options: TakeUpOptions): Promise<Projected> {
  const { store, reader, topics } = options;
  const stored = await store.position(partition);
  const birth = stored.to === 0 ? undefined : await readBirth(reader, topics.log, partition);
  const { end } = await reader.bounds(topics.log, partition);
  if (stored.nonce !== '' && birth !== undefined && birth.nonce !== stored.nonce) {
    throw new LineageFault(
      partition,
      `Expected the projection of partition ${partition} to be told by log ${birth.nonce} in ${topics.log}, but it was told by log ${stored.nonce}. ${remedy(topics.log)}`,
    );
  }
  if (stored.to > end) {
    throw new LineageFault(
      partition,
      `Expected ${topics.log}/${partition} to reach the position of its projection, but it ends at ${end} and the projection stands at ${stored.to}: ` +
        `the log has lost its end, or is another one. Restore the log from a copy. ${remedy(topics.log)}`,
    );
  }
  const projected = { ...(await recoverProjection(stored, options)), stored, endOffset: stored.to };
  checkToldBy(projected, topics.log);
  return projected;
}

/**
 * Whoever stands where the store does has read the bytes that it was told by, and nobody passes over that place. Throws
 * `LineageFault`.
 */
export function checkToldBy({ fold, stored }: Projected, topic: string): void {
  const { position, hash } = fold.state;
  if (position < stored.to || stored.nonce === '' || (position === stored.to && hash === stored.hash)) return;
  throw new LineageFault(
    fold.partition,
    `Expected the records of ${topic}/${fold.partition} below offset ${stored.to} to be those that the projection was told by, but they changed: ` +
      `the log was cut off and written anew, or has lost some that were projected. ${remedy(topic)}`,
  );
}
