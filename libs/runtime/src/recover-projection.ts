import type { KnownGaps } from './known-gaps.js';
import type { LiveRowsPart } from './live-rows.js';
import { PartitionFold } from './partition-fold.js';
import type { Journal, ProjectionPosition } from './ports.js';
import { ProjectionRows } from './projection-rows.js';
import { noteRecovered, type Snapshots } from './snapshot-recovery.js';

/**
 * A fold and its rows from the newest snapshot at or below the position that is stored, else from the beginning of the
 * log. Throws what `SnapshotRecovery.recover` throws.
 */
export async function recoverProjection(
  { partition, to }: ProjectionPosition,
  {
    snapshots,
    journal,
    gaps,
    knows,
  }: {
    readonly snapshots?: Snapshots;
    readonly journal: Journal;
    readonly gaps: KnownGaps;
    readonly knows?: number;
  },
): Promise<{ readonly fold: PartitionFold; readonly rows: ProjectionRows }> {
  const rows = new ProjectionRows(partition);
  if (snapshots === undefined || to === 0) return { fold: new PartitionFold(partition, undefined, gaps, knows), rows };
  const recovered = await snapshots.recovery.recover(partition, 'projection', to);
  const { fold } = recovered;
  try {
    rows.restore(fold.state, recovered.rows as readonly LiveRowsPart[]);
  } catch (error) {
    journal.error({ partition, error }, 'Expected rows that fit the state beside them; folding the whole log.');
    return { fold: new PartitionFold(partition, undefined, gaps, knows), rows: new ProjectionRows(partition) };
  }
  if (fold.state.position === to) noteRecovered(journal, fold, to);
  return { fold, rows };
}
