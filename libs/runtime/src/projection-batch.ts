import type { PartitionFold } from './partition-fold.js';
import type { ProjectionBatch, ProjectionPosition } from './ports.js';

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
    attempts: all.flatMap((rows) => rows.attempts),
    workflows: all.flatMap((rows) => rows.workflows),
    quarantine: all.flatMap((rows) => rows.quarantine),
  };
}

/** Why a projection that is past the end of its log cannot go on. */
export function aheadOf(topic: string, { partition, to }: ProjectionPosition, end: number): string {
  return (
    `Expected ${topic}/${partition} to reach the position of its projection, but it ends at ${end} and the projection stands at ${to}: ` +
    `the store belongs to another log. Choose another database, or restore the log from a copy.`
  );
}

/** Where the store stands once what was folded is in it. */
export function positionOf({ fold, stored }: { fold: PartitionFold; stored: ProjectionPosition }): ProjectionPosition {
  const { position, time, accepted, rejected, quarantined } = fold.state;
  return { partition: fold.partition, from: stored.to, to: position, at: time, accepted, rejected, quarantined };
}
