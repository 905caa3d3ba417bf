import type { RunDetail, TaskRunList, TaskRunView } from '@millrace/protocol';
import { decodeCursor, directionOf, page } from './cursor.js';
import { Prisma, type PrismaClient } from './prisma.js';
import {
  toAttemptView,
  toRunView,
  timeText,
  toTaskRunView,
  type AttemptViewRow,
  type RunViewRow,
  type TaskRunViewRow,
} from './row-views.js';

export const runTasksMax = 200;
export const runAttemptsMax = 500;

/** Run, task runs and attempts as of one moment; undefined where there is no such run. */
export async function findRun(prisma: PrismaClient, id: string): Promise<RunDetail | undefined> {
  const [runs, tasks, attempts] = await prisma.$transaction(
    [
      prisma.$queryRaw<RunViewRow[]>`
        SELECT id, partition, tenant, workflow, version, status, task_count, requested_at, ended_at, reason, input, paused_at,
          idempotency_key
        FROM runs WHERE id = ${id}`,
      taskRows(prisma, id, undefined, runTasksMax, {}),
      prisma.$queryRaw<AttemptViewRow[]>`
        SELECT task, attempt, worker, dispatched_at, started_at, finished_at, outcome, reason, error
        FROM task_attempts WHERE run_id = ${id} ORDER BY task, attempt LIMIT ${runAttemptsMax}`,
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  const run = runs[0];
  if (run === undefined) return undefined;
  const { tasks: first, next: tasksNext } = toList(tasks, runTasksMax);
  return {
    run: { ...toRunView(run), input: run.input },
    tasks: first,
    tasksNext,
    attempts: attempts.map(toAttemptView),
  };
}

/** Absent members do not filter. By index, the highest first where `descending`. */
export interface TaskRunFilter {
  readonly status?: TaskRunView['status'] | undefined;
  readonly descending?: boolean;
}

/** Undefined where there is no such run. Throws `CursorInvalid`. */
export async function listTaskRuns(
  prisma: PrismaClient,
  id: string,
  cursor: string | undefined,
  limit: number,
  filter: TaskRunFilter = {},
): Promise<TaskRunList | undefined> {
  const last = cursor === undefined ? undefined : (decodeCursor(cursor, ['integer'])[0] as number);
  const [tasks, runs] = await prisma.$transaction(
    [
      taskRows(prisma, id, last, limit, filter),
      prisma.$queryRaw<Pick<RunViewRow, 'status' | 'paused_at'>[]>`SELECT status, paused_at FROM runs WHERE id = ${id}`,
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  const run = runs[0];
  if (run === undefined) return undefined;
  const runStatus = run.status as TaskRunList['runStatus'];
  return { ...toList(tasks, limit), runStatus, pausedAt: timeText(run.paused_at) };
}

function taskRows(
  prisma: PrismaClient,
  id: string,
  last: number | undefined,
  limit: number,
  { status, descending = false }: TaskRunFilter,
): Prisma.PrismaPromise<TaskRunViewRow[]> {
  const { order, behind } = directionOf(descending);
  const after = last === undefined ? Prisma.empty : Prisma.sql`AND task ${behind} ${last}`;
  const matching = status === undefined ? Prisma.empty : Prisma.sql`AND status = ${status}`;
  return prisma.$queryRaw<TaskRunViewRow[]>`
    SELECT task, task_id, handler, queue, band, status, attempt, failures, worker, queued_at, dispatched_at, started_at,
      finished_at, moved_at, reason, result, error, due_at, checkpoint
    FROM task_runs WHERE run_id = ${id} ${after} ${matching} ORDER BY task ${order} LIMIT ${limit + 1}`;
}

function toList(found: readonly TaskRunViewRow[], limit: number): Pick<TaskRunList, 'tasks' | 'next'> {
  const { rows, next } = page(found, limit, (row) => [row.task]);
  return { tasks: rows.map(toTaskRunView), next };
}
