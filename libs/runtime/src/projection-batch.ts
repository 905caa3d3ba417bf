import type { PartitionFold } from './partition-fold.js';
import type { ProjectionBatch, ProjectionPosition, WorkflowRow } from './ports.js';

/** The rows of several partitions in one batch. */
export function batchOf(
  positions: readonly ProjectionPosition[],
  all: readonly Omit<ProjectionBatch, 'positions'>[],
): ProjectionBatch {
  if (all.length === 1) return { positions, ...all[0]! };
  return {
    positions,
    runsBorn: all.flatMap((rows) => rows.runsBorn),
    runsChanged: all.flatMap((rows) => rows.runsChanged),
    tasksBorn: all.flatMap((rows) => rows.tasksBorn),
    tasksChanged: all.flatMap((rows) => rows.tasksChanged),
    singlesBorn: all.flatMap((rows) => rows.singlesBorn),
    singlesChanged: all.flatMap((rows) => rows.singlesChanged),
    checkpoints: all.flatMap((rows) => rows.checkpoints),
    runsPaused: all.flatMap((rows) => rows.runsPaused),
    attempts: all.flatMap((rows) => rows.attempts),
    workflows: eachOnce(all.flatMap((rows) => rows.workflows)),
    quarantine: all.flatMap((rows) => rows.quarantine),
  };
}

/** How many rows a batch inserts or updates, those of positions left out. */
export function rowsOf({ positions: _, ...rows }: ProjectionBatch): number {
  return Object.values(rows).reduce((sum, { length }) => sum + length, 0);
}

/** Several partitions tell the same row of a version, and one may be a hundred megabytes. */
function eachOnce(rows: readonly WorkflowRow[]): WorkflowRow[] {
  return [...new Map(rows.map((row) => [row.version, row])).values()];
}

/** Where the store stands once what was folded is in it. */
export function positionOf({ fold, stored }: { fold: PartitionFold; stored: ProjectionPosition }): ProjectionPosition {
  const { position, time, accepted, rejected, quarantined, hash, birth } = fold.state;
  const accounts = { accepted, rejected, quarantined, hash, nonce: birth?.nonce ?? '' };
  return { partition: fold.partition, from: stored.to, to: position, at: time, ...accounts };
}
