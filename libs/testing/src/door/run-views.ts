import { bandName, isTerminal, type Band } from '@millrace/domain';
import type { AttemptView, RunDetail, RunView, TaskRunView } from '@millrace/protocol';
import type { AttemptRow, TaskRunRow } from '@millrace/runtime';
import type { RunRows } from '@millrace/runtime/in-memory';

/** A run as the API shows it, with all of its task runs and attempts. */
export function runDetail(rows: RunRows): RunDetail {
  return {
    run: { ...runView(rows), input: valueOf(rows.run.input) },
    tasks: rows.tasks.map((row) => taskRunView(row, rows.checkpoints[row.task])),
    tasksNext: null,
    attempts: rows.tasks.flatMap((row) => attemptsOf(row, rows.attempts)),
  };
}

export function runView({ run, pausedAt }: RunRows): RunView {
  const { id, partition, tenant, workflow, version, taskCount, reason, idempotencyKey } = run;
  return {
    ...{ id, partition, tenant, workflow, version, status: run.status as RunView['status'], taskCount },
    ...{ requestedAt: timeOf(run.requestedAt)!, endedAt: timeOf(run.endedAt), reason },
    ...{ pausedAt: timeOf(pausedAt), idempotencyKey },
  };
}

export function taskRunView(row: TaskRunRow, checkpoint?: string): TaskRunView {
  const { task, id, handler, queue, attempt, failures, worker, reason } = row;
  const status = row.status as TaskRunView['status'];
  return {
    ...{ task, id, handler, queue, band: bandName(row.band as Band), status, attempt, failures, worker },
    ...{ queuedAt: timeOf(row.queuedAt), dispatchedAt: timeOf(row.dispatchedAt), startedAt: timeOf(row.startedAt) },
    ...{ finishedAt: timeOf(row.finishedAt), movedAt: timeOf(row.movedAt)!, reason },
    ...{ result: valueOf(row.result), error: valueOf(row.error), dueAt: timeOf(row.dueAt) },
    ...(checkpoint !== undefined && { checkpoint: valueOf(checkpoint) }),
  };
}

/** Those that ended before the task run did, and the last one, which its row tells. */
function attemptsOf(row: TaskRunRow, ended: readonly AttemptRow[]): AttemptView[] {
  const earlier = ended.filter(({ task }) => task === row.task);
  const views = earlier.map((each): AttemptView => {
    const { task, attempt, worker, outcome, reason } = each;
    return { task, attempt, worker, outcome, reason, ...timesOf(each), error: valueOf(each.error) };
  });
  if (row.attempt === 0 || earlier.some(({ attempt }) => attempt === row.attempt)) return views;
  const { task, attempt, worker, status: outcome, reason } = row;
  const finishedAt = isTerminal(row.status as TaskRunView['status']) ? row.finishedAt : null;
  const last = {
    task,
    attempt,
    worker,
    outcome,
    reason,
    ...timesOf({ ...row, finishedAt }),
    error: valueOf(row.error),
  };
  return [...views, last];
}

function timesOf(row: Pick<TaskRunRow, 'dispatchedAt' | 'startedAt' | 'finishedAt'>) {
  const { dispatchedAt, startedAt, finishedAt } = row;
  return { dispatchedAt: timeOf(dispatchedAt), startedAt: timeOf(startedAt), finishedAt: timeOf(finishedAt) };
}

/** RFC 3339 with milliseconds, in UTC. */
function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function valueOf(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
