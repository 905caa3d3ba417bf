import { batchOf, positionOf, rowsOf } from './projection-batch.js';
import type { ProjectionTally } from './metrics/projection-tally.js';
import {
  PositionTaken,
  ProjectionUnavailable,
  type Clock,
  type ProjectionBatch,
  type ProjectionPosition,
  type ProjectionStore,
} from './ports.js';
import type { Projected } from './take-up-projection.js';
import { pause } from './waits.js';

export interface CommitOptions {
  readonly store: ProjectionStore;
  readonly clock: Clock;
  readonly tally: ProjectionTally;
  /** Does it still make sense to try? */
  readonly isRunning: () => boolean;
  /** The store did not answer; it is tried again. Called once for each batch. */
  readonly waiting: (error: ProjectionUnavailable) => void;
  /** Another projector has this partition; the others of the batch go on. */
  readonly taken: (error: PositionTaken) => void;
}

interface Moved {
  readonly projected: Projected;
  readonly position: ProjectionPosition;
  readonly rows: Omit<ProjectionBatch, 'positions'>;
}

const retryMs = 250;

/**
 * Writes what was folded of all partitions in one transaction, and waits for a store that is down. Where another projector
 * has moved a partition, the rest is written without it. Throws what else the store throws: then nothing of it was written.
 */
export async function commitProjected(all: Iterable<Projected>, options: CommitOptions): Promise<void> {
  let moved: Moved[] = [...all]
    .filter(({ fold, stored }) => fold.state.position > stored.to)
    .map((projected) => ({ projected, position: positionOf(projected), rows: projected.rows.take() }));
  while (moved.length > 0) {
    try {
      if (!(await commitAll(moved, options))) return;
      for (const { projected, position } of moved) projected.stored = { ...position, from: position.to };
      return;
    } catch (error) {
      if (!(error instanceof PositionTaken)) throw error;
      options.tally.positionsTaken += 1;
      options.taken(error);
      moved = moved.filter(({ position }) => position.partition !== error.partition);
    }
  }
}

/** False when it was stopped while it waited: nobody knows whether the batch landed. */
async function commitAll(moved: readonly Moved[], options: CommitOptions): Promise<boolean> {
  const { store, clock, tally, isRunning, waiting } = options;
  const positions = moved.map(({ position }) => position);
  const batch = batchOf(
    positions,
    moved.map(({ rows }) => rows),
  );
  for (let tries = 0; isRunning(); tries++) {
    try {
      const from = clock.uptimeMs();
      await store.commit(batch);
      tally.transactions.add(clock.uptimeMs() - from);
      tally.rows += rowsOf(batch);
      return true;
    } catch (error) {
      if (!(error instanceof ProjectionUnavailable)) throw error;
      tally.unanswered += 1;
      if (tries === 0) waiting(error);
      await pause(clock, retryMs);
      if (await isStored(store, positions)) return true;
    }
  }
  return false;
}

/**
 * After an unknown outcome: is the whole batch stored? All of its positions tell: another projector may have moved some of
 * them to the same place meanwhile.
 */
async function isStored(store: ProjectionStore, positions: readonly ProjectionPosition[]): Promise<boolean> {
  try {
    for (const { partition, to } of positions) if ((await store.position(partition)).to !== to) return false;
    return true;
  } catch (error) {
    if (error instanceof ProjectionUnavailable) return false;
    throw error;
  }
}
