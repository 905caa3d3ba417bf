import type { Instant, TaskIndex } from '../ids.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { WorkerState } from '../partition/workers.js';
import type { Run } from '../run/run.js';
import { isTerminal } from '../task/task-status.js';

/**
 * - `parents`: its join is not decided: a parent has not ended
 * - `sweep`: its run is large, and the owner's next sweeps queue, skip or end it
 * - `time`, `back-off`: a timer queues it
 * - `paused`: somebody resumes its run
 * - `no-worker-serves-handler`: somebody starts a worker that does
 * - `no-credit`: those that do are full, or drain: an end, or their next heartbeat, makes room
 * - `decision`: the owner dispatches by band, share and age; it may be the turn of others
 * - `start`: dispatched: it starts, or the owner publishes it again, or its worker is lost
 * - `handler`: it ends, or start-to-close, heartbeat timeout, silence of its worker or being unlisted end the attempt
 */
export type WaitReason =
  | 'parents'
  | 'sweep'
  | 'time'
  | 'back-off'
  | 'paused'
  | 'no-worker-serves-handler'
  | 'no-credit'
  | 'decision'
  | 'start'
  | 'handler';

export interface Waiting {
  readonly reason: WaitReason;
  /** A timer moves it then at latest; absent where it has no deadline. */
  readonly until?: Instant;
  /** Who has it, for `start` and `handler`. */
  readonly worker?: string;
}

/**
 * Why a task run does not move, and until when at latest: from the state alone, total over states. Undefined for one that
 * has ended. Nothing waits without a deadline, an owner's rule, or a reason of these that can be read (design 4.5).
 */
export function whyWaiting(state: PartitionState, run: Run, task: TaskIndex): Waiting | undefined {
  const status = run.statusOf(task);
  if (isTerminal(status)) return undefined;
  if (isSwept(run, task)) return { reason: 'sweep' };
  switch (status) {
    case 'pending':
      return waiting('parents', run.runCloseBy);
    case 'scheduled':
      return waiting('time', run.dueAt.get(task));
    case 'backing_off':
      return waiting('back-off', run.dueAt.get(task));
    case 'queued':
      return waiting(queuedFor(state, run, task), deadlineOf(run, task));
    default: {
      const { worker, startedAt } = run.inFlight.get(task)!;
      return { ...waiting(startedAt === undefined ? 'start' : 'handler', deadlineOf(run, task)), worker };
    }
  }
}

/** Does a sweep move it, rather than what its status alone would say? */
function isSwept(run: Run, task: TaskIndex): boolean {
  const { sweep, status } = run;
  if (sweep === undefined) return false;
  if (status !== 'running') return true;
  if (run.statusOf(task) !== 'pending') return false;
  if (sweep.stage === 'birth') return true;
  return (sweep.stage === 'release' && run.judgeJoin(task) === 'run') || isUntold(run, task);
}

/** Every parent has ended, but not all have told it yet. */
function isUntold(run: Run, task: TaskIndex): boolean {
  const { parents, parentFrom } = run.dag;
  for (let edge = parentFrom[task]!; edge < parentFrom[task + 1]!; edge++) {
    if (!isTerminal(run.statusOf(parents[edge]!))) return false;
  }
  return true;
}

function waiting(reason: WaitReason, until: Instant | undefined): Waiting {
  return until === undefined ? { reason } : { reason, until };
}

/** Of schedule-to-start, schedule-to-close and that of the run the first. */
function deadlineOf(run: Run, task: TaskIndex): Instant | undefined {
  const instants = [run.startBy.get(task), run.closeBy.get(task), run.runCloseBy].filter((at) => at !== undefined);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

function queuedFor(state: PartitionState, run: Run, task: TaskIndex): WaitReason {
  if (state.ready.paused.has(run)) return 'paused';
  const { queue, handler } = run.task(task);
  const serving = [...state.workers.all()].filter((worker) => serves(worker, queue, handler));
  if (serving.length === 0) return 'no-worker-serves-handler';
  return serving.some(({ seen, inFlight }) => seen!.credits > inFlight.size) ? 'decision' : 'no-credit';
}

function serves({ seen }: WorkerState, queue: string, handler: string): boolean {
  if (seen === undefined || !seen.handlers.includes(handler)) return false;
  return Object.hasOwn(seen.queues, queue) && seen.queues[queue]!.length > 0;
}
