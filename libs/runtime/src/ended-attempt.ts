import type { Move, TaskStatus } from '@millrace/domain';
import { jsonOf } from './new-rows.js';
import type { AttemptRow, TaskRunRow } from './ports.js';

/** The row of an attempt that did not end its task run. */
export function endedAttempt(row: TaskRunRow, from: TaskStatus, to: TaskStatus, move: Move): AttemptRow {
  return {
    run: row.run,
    task: row.task,
    attempt: move.attempt,
    partition: row.partition,
    worker: move.worker ?? null,
    dispatchedAt: move.dispatchedAt ?? null,
    startedAt: move.startedAt ?? (from === 'running' ? row.startedAt : null),
    finishedAt: move.finishedAt ?? move.at,
    outcome: to === 'backing_off' ? (move.reason ?? 'failed') : outcomeOfReturn(move.reason),
    reason: move.reason ?? null,
    error: jsonOf(move.error),
  };
}

function outcomeOfReturn(reason: string | undefined): string {
  if (reason === 'worker-lost') return 'worker_lost';
  if (reason === 'died') return 'died';
  return reason === 'unlisted' || reason === 'blocked' ? 'recalled' : 'returned';
}
