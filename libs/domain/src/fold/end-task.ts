import type { Instant, TaskIndex } from '../ids.js';
import { later } from '../instant.js';
import type { Attempt, Run } from '../run/run.js';
import { touchedMax } from '../run/run-sweep.js';
import { isFailed, isTerminal, mayMove, type TaskStatus } from '../task/task-status.js';
import { keepDeadlines } from './deadlines.js';
import type { Move } from './fold-sink.js';
import type { Folding } from './folding.js';
import { markClose } from './sweep-run.js';
import { tellChildren } from './tell-children.js';
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
  const end = to === 'succeeded' ? 'succeeded' : 'failed';
  tellChildren(folding, run, { task, end, edge: run.dag.childFrom[task]!, ...(taken !== undefined && { taken }) });
  if (run.open === 0) endRun(folding, run);
}

/**
 * Ends every task run that is open and the run with it; of more than 10,000 the run is marked, and sweeps end them. Its
 * status says at once that it has ended: nothing else is accepted for it.
 */
export function closeRun(folding: Folding, run: Run, to: 'cancelled' | 'timed_out', reason: string): void {
  run.status = to;
  if (run.open > touchedMax || run.sweep?.stage === 'birth') return markClose(folding, run, { to, reason });
  for (let task = 0; task < run.dag.tasks.length; task++) {
    if (!isTerminal(run.statusOf(task))) closeOne(folding, run, task, to, reason);
  }
  endRun(folding, run, reason);
}

export function closeOne(
  folding: Folding,
  run: Run,
  task: TaskIndex,
  to: 'cancelled' | 'timed_out',
  reason: string,
): void {
  const attempt = run.inFlight.get(task);
  const move =
    attempt === undefined ? { at: folding.at, attempt: run.attemptNumberOf(task) } : closeAttempt(folding, attempt);
  closeTask(folding, run, task, to, { ...move, reason });
}

/** Moves a task run to a terminal status, and tells nobody of it. */
export function closeTask(folding: Folding, run: Run, task: TaskIndex, to: TaskStatus, move: Move): void {
  moveTask(folding, run, task, to, move);
  run.checkpoints?.delete(task);
  if (run.checkpoints?.size === 0) run.checkpoints = undefined;
  run.open -= 1;
  acquit(run, task);
  const isLeaf = run.dag.childFrom[task] === run.dag.childFrom[task + 1];
  const isFailure = isFailed(to) || (to === 'skipped' && move.reason === 'upstream_failed');
  if (isLeaf && isFailure) run.failed = true;
}

/** Its last task run has ended. */
export function endRun({ state, sink, at }: Folding, run: Run, reason?: string): void {
  if (run.status === 'running') run.status = run.failed ? 'failed' : 'succeeded';
  state.runs.delete(run.id);
  state.sweeping.delete(run);
  state.keys.ended(run.id, at);
  if (state.ready.paused.has(run)) {
    state.ready.paused.release(run);
    sink.runPaused(run, undefined);
  }
  sink.runEnded(run, at satisfies Instant, reason);
}
