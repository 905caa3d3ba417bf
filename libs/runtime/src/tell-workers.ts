import {
  isInFlight,
  partitionOfRun,
  type Attempt,
  type Move,
  type PartitionState,
  type Run,
  type TaskIndex,
  type TaskStarted,
  type TaskStatus,
} from '@millrace/domain';
import type { Control, ListedDelivery, Stop, Verdict, WorkerHeartbeat } from '@millrace/protocol';

/**
 * Who holds the claim, read from state and never from the acceptance of one item. A lost worker is told that it is lost
 * rather than refused: nobody else need have what it claims, and it must not settle it.
 */
export function answerClaim(
  state: PartitionState,
  claim: Omit<TaskStarted, 'type' | 'startedAt'>,
  nonce: string,
): Control {
  const { worker: to, run } = claim;
  if (state.workers.isLost(to)) return { v: 1, kind: 'lost', to, partition: partitionOfRun(run) };
  return verdictOf(state, claim, nonce);
}

function verdictOf(state: PartitionState, claim: Omit<TaskStarted, 'type' | 'startedAt'>, nonce: string): Verdict {
  const { run, task, attempt, worker } = claim;
  const current = currentAttempt(state, claim);
  const holds = current?.claim === nonce;
  const reason = current === undefined ? 'attempt-over' : 'already-started';
  return { v: 1, kind: 'verdict', to: worker, run, task, attempt, nonce, holds, ...(!holds && { reason }) };
}

/** For an attempt that ended while a worker had it, and not by that worker's report; undefined for any other move. */
export function stopOf(run: Run, task: TaskIndex, from: TaskStatus, to: TaskStatus, move: Move): Stop | undefined {
  const { worker, attempt, finishedAt } = move;
  const isTimedOut = (to === 'timed_out' || to === 'backing_off') && finishedAt === undefined;
  const isEnded = to === 'cancelled' || isTimedOut;
  if (!isEnded || !isInFlight(from) || worker === undefined) return undefined;
  const reason = to === 'cancelled' ? 'cancelled' : 'timed-out';
  return { v: 1, kind: 'stop', to: worker, run: run.id, task, attempt, reason };
}

export interface HeartbeatAnswers {
  tell(message: Control): void;
  listed(attempt: Attempt): void;
}

/**
 * Level-triggered control: compares what a worker lists of this partition with state, and tells it again what to stop and
 * whose claim holds. A lost worker is told so whatever it lists: it is given nothing before it has taken a new id. Says
 * nothing about an entry of a later epoch than the one in force, or with a later attempt.
 */
export function answerHeartbeat(
  state: PartitionState,
  partition: number,
  { id, deliveries, leaving }: WorkerHeartbeat,
  { tell, listed }: HeartbeatAnswers,
): void {
  const mine = deliveries.filter(({ run }) => partitionOfRun(run) === partition);
  if (state.workers.isLost(id)) {
    if (leaving !== true) tell({ v: 1, kind: 'lost', to: id, partition });
    return;
  }
  for (const entry of mine) {
    if (entry.epoch > state.epoch) continue;
    const current = currentAttempt(state, entry);
    if (current !== undefined && (current.startedAt === undefined || current.worker === id)) listed(current);
    const message = answerEntry(state, id, entry, current);
    if (message !== undefined) tell(message);
  }
}

function answerEntry(
  state: PartitionState,
  to: string,
  { run, task, attempt, nonce, state: phase }: ListedDelivery,
  current: Attempt | undefined,
): Control | undefined {
  if (phase === 'ended') return undefined;
  if (current === undefined) {
    const known = state.runs.get(run);
    if (known !== undefined && (!known.has(task) || known.attemptNumberOf(task) < attempt)) return undefined;
    return { v: 1, kind: 'stop', to, run, task, attempt, reason: 'attempt-over' };
  }
  if (phase === 'claiming' && nonce !== undefined) {
    if (current.startedAt === undefined) return undefined;
    return verdictOf(state, { run, task, attempt, worker: to }, nonce);
  }
  // A heartbeat from before its own claim lists no nonce yet: what it claimed since is not another's.
  const isItsOwn = nonce === undefined ? current.worker === to : current.claim === nonce;
  const isClaimedByAnother = current.claim !== undefined && !isItsOwn;
  return isClaimedByAnother ? { v: 1, kind: 'stop', to, run, task, attempt, reason: 'already-claimed' } : undefined;
}

function currentAttempt(
  state: PartitionState,
  { run: id, task, attempt }: { run: string; task: number; attempt: number },
): Attempt | undefined {
  const run = state.runs.get(id);
  if (run === undefined || !run.has(task) || !isInFlight(run.statusOf(task))) return undefined;
  const current = run.inFlight.get(task);
  return current?.number === attempt ? current : undefined;
}
