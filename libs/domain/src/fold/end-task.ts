import type { ParentEnd } from '../dag/join-rule.js';
import type { Instant, TaskIndex } from '../ids.js';
import { later } from '../instant.js';
import type { Attempt, Run } from '../run/run.js';
import { isFailed, isTerminal, mayMove, type TaskStatus } from '../task/task-status.js';
import { keepDeadlines } from './deadlines.js';
import type { Move } from './fold-sink.js';
import type { Folding } from './folding.js';
import { acquit } from './suspicion.js';

/** Moves a task run along an edge of the transition table. Any other edge is a bug of the caller. */
export function moveTask(folding: Folding, run: Run, task: TaskIndex, to: TaskStatus, move: Move): void {
  const { state, sink } = folding;
  const from = run.statusOf(task);
  if (!mayMove(from, to)) throw new Error(`Expected an edge of the transition table, but ${from} -> ${to} is none.`);
  run.setStatus(task, to);
  if (from === 'queued') state.ready.left(run, task);
  keepDeadlines(folding, run, task, from, to);
  if (from === 'backing_off' || from === 'scheduled') run.dropInstant('dueAt', task);
  if (to === 'queued') state.ready.add(run, task, folding.at);
  sink.taskMoved(run, task, from, to, move);
}

export function queueTask(folding: Folding, run: Run, task: TaskIndex, reason?: string): void {
  const attempt = run.attemptNumberOf(task);
  moveTask(folding, run, task, 'queued', { at: folding.at, attempt, ...(reason !== undefined && { reason }) });
}

/**
 * The join of a task run that is pending is met: it is queued, or scheduled where it has a delay or its run has not come to
 * its time.
 */
export function releaseTask(folding: Folding, run: Run, task: TaskIndex): void {
  const { at } = folding;
  const dueAt = Math.max(later(at, run.task(task).delayMs), run.runAt);
  if (dueAt <= at) return queueTask(folding, run, task);
  moveTask(folding, run, task, 'scheduled', { at, attempt: 0, dueAt });
  setDue(folding, run, task, dueAt);
}

/** `TimersFired` will queue it then. */
export function setDue({ state }: Folding, run: Run, task: TaskIndex, dueAt: Instant): void {
  run.setInstant('dueAt', task, dueAt);
  state.timers.set({ at: dueAt, run, task, kind: 'due' });
}

/** Takes the attempt out of flight and gives what its move should tell. */
export function closeAttempt({ state, at }: Folding, attempt: Attempt): Move {
  attempt.run.removeAttempt(attempt.task);
  state.workers.get(attempt.worker)?.inFlight.delete(attempt);
  const { number, worker, dispatchedAt, startedAt } = attempt;
  return { at, attempt: number, worker, dispatchedAt, ...(startedAt !== undefined && { startedAt }) };
}

/**
 * Moves a task run to a terminal status, then what follows from it: its children's joins are judged, those that are met are
 * queued, those that can never be met are skipped, and the run ends with its last task run. To those children whose edge
 * has a condition a task run that succeeded was skipped, except to `taken`.
 */
export function endTask(
  folding: Folding,
  run: Run,
  task: TaskIndex,
  to: TaskStatus,
  move: Move,
  taken?: readonly TaskIndex[],
): void {
  closeTask(folding, run, task, to, move);
  tellChildren(folding, run, task, to === 'succeeded' ? 'succeeded' : 'failed', taken);
  if (run.open === 0) endRun(folding, run);
}

/** Ends every task run that is open and the run with it. */
export function closeRun(folding: Folding, run: Run, to: 'cancelled' | 'timed_out', reason: string): void {
  run.status = to;
  for (let task = 0; task < run.dag.tasks.length; task++) {
    if (isTerminal(run.statusOf(task))) continue;
    const attempt = run.inFlight.get(task);
    const move =
      attempt === undefined ? { at: folding.at, attempt: run.attemptNumberOf(task) } : closeAttempt(folding, attempt);
    closeTask(folding, run, task, to, { ...move, reason });
  }
  endRun(folding, run, reason);
}

function closeTask(folding: Folding, run: Run, task: TaskIndex, to: TaskStatus, move: Move): void {
  moveTask(folding, run, task, to, move);
  run.checkpoints?.delete(task);
  if (run.checkpoints?.size === 0) run.checkpoints = undefined;
  run.open -= 1;
  acquit(run, task);
  const isLeaf = run.dag.childFrom[task] === run.dag.childFrom[task + 1];
  const isFailure = isFailed(to) || (to === 'skipped' && move.reason === 'upstream_failed');
  if (isLeaf && isFailure) run.failed = true;
}

/**
 * Tells the children of a task run that ended, and those of every child that is skipped for it. Each edge of the run is
 * walked once in its life. Iterative: a chain may be a million long.
 */
function tellChildren(
  folding: Folding,
  run: Run,
  from: TaskIndex,
  end: ParentEnd,
  taken: readonly TaskIndex[] | undefined,
): void {
  const { childFrom, children, conditions } = run.dag;
  const isTaken = conditions === undefined ? undefined : new Set(taken);
  const ended = [{ task: from, end }];
  for (let next = ended.pop(); next !== undefined; next = ended.pop()) {
    for (let edge = childFrom[next.task]!; edge < childFrom[next.task + 1]!; edge++) {
      const child = children[edge]!;
      const isSkipped = next.end === 'succeeded' && conditions?.has(edge) === true && !isTaken!.has(child);
      run.countParent(child, isSkipped ? 'skipped' : next.end);
      if (run.statusOf(child) !== 'pending') continue;
      const verdict = run.judgeJoin(child);
      if (verdict === 'run') releaseTask(folding, run, child);
      else if (verdict !== 'wait') {
        closeTask(folding, run, child, 'skipped', { at: folding.at, attempt: 0, reason: verdict });
        ended.push({ task: child, end: verdict === 'branch' ? 'skipped' : 'failed' });
      }
    }
  }
}

function endRun({ state, sink, at }: Folding, run: Run, reason?: string): void {
  if (run.status === 'running') run.status = run.failed ? 'failed' : 'succeeded';
  state.runs.delete(run.id);
  state.keys.ended(run.id, at);
  if (state.ready.paused.has(run)) {
    state.ready.paused.release(run);
    sink.runPaused(run, undefined);
  }
  sink.runEnded(run, at satisfies Instant, reason);
}
