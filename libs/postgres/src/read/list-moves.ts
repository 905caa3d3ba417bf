import type { RunView, TaskMoved } from '@millrace/protocol';
import type { PrismaClient } from './prisma.js';
import { toRunView, toTaskRunView, type RunViewRow, type TaskRunViewRow } from './row-views.js';

/** A place among the task runs of a run in the order of their last moves. */
export interface MovePlace {
  readonly movedMs: number;
  readonly task: number;
}

/** A run and what of it moved, as of one moment. */
export interface RunMoves {
  readonly run: RunView;
  /** Next log offset of the run's partition that is not shown. */
  readonly offset: bigint;
  /** Partition time in milliseconds: what is shown later moved then or after. */
  readonly atMs: number;
  /** In the order of their last moves. */
  readonly tasks: readonly TaskMoved[];
  /** Where to go on; undefined where nothing follows. */
  readonly next: MovePlace | undefined;
}

export const runMovesMax = 200;

type MovedRow = Omit<TaskRunViewRow, 'result' | 'error' | 'checkpoint'>;

/**
 * At most 200 task runs behind `after`, by (moved_at, task). Looks at each task run of the run: no index names a column that changes.
 * Undefined where there is no such run.
 */
export async function listMoves(prisma: PrismaClient, id: string, after: MovePlace): Promise<RunMoves | undefined> {
  const [runs, positions, rows] = await prisma.$transaction(
    [
      prisma.$queryRaw<RunViewRow[]>`
        SELECT id, partition, tenant, workflow, version, status, task_count, requested_at, ended_at, reason, paused_at,
          idempotency_key
        FROM runs WHERE id = ${id}`,
      prisma.$queryRaw<{ next_offset: bigint; at: Date }[]>`
        SELECT next_offset, at FROM projection_freshness WHERE partition = (SELECT partition FROM runs WHERE id = ${id})`,
      prisma.$queryRaw<MovedRow[]>`
        SELECT task, task_id, handler, queue, band, status, attempt, failures, worker, queued_at, dispatched_at, started_at,
          finished_at, moved_at, reason, due_at
        FROM task_runs WHERE run_id = ${id} AND (moved_at, task) > (${new Date(after.movedMs)}, ${after.task})
        ORDER BY moved_at, task LIMIT ${runMovesMax + 1}`,
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  const [run, position] = [runs[0], positions[0]];
  if (run === undefined || position === undefined) return undefined;
  const kept = rows.slice(0, runMovesMax);
  const last = rows.length > runMovesMax ? kept.at(-1)! : undefined;
  return {
    run: toRunView(run),
    offset: position.next_offset,
    atMs: position.at.getTime(),
    tasks: kept.map(toTaskMoved),
    next: last && { movedMs: last.moved_at.getTime(), task: last.task },
  };
}

function toTaskMoved(row: MovedRow): TaskMoved {
  const { result: _, error: __, ...moved } = toTaskRunView({ ...row, result: null, error: null, checkpoint: null });
  return moved;
}
