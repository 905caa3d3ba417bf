import type { RunId, TaskIndex } from '../ids.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { Attempt, Run } from '../run/run.js';
import { isInFlight } from '../task/task-status.js';
import type { Rejection } from './fold-sink.js';

/** The run that an event names has not ended, and the task run is there. */
export function judgeTaskRun(
  state: PartitionState,
  { run: id, task }: { run: RunId; task: TaskIndex },
): Rejection | undefined {
  const run = state.runs.get(id);
  if (run?.status !== 'running') return 'run-unknown';
  return run.has(task) ? undefined : 'task-unknown';
}

/** The attempt that an event names is the one in flight. */
export function judgeAttempt(
  state: PartitionState,
  event: { run: RunId; task: TaskIndex; attempt: number },
): Rejection | undefined {
  const fault = judgeTaskRun(state, event);
  if (fault !== undefined) return fault;
  const run = state.runs.get(event.run)!;
  const isCurrent = run.attemptNumberOf(event.task) === event.attempt && isInFlight(run.statusOf(event.task));
  return isCurrent ? undefined : 'attempt-over';
}

/**
 * Once a claim is accepted only its claimant's reports count. A claimant that was refused has no say, also where nobody's
 * claim holds: somebody else runs the attempt unclaimed.
 */
export function judgeReport(
  state: PartitionState,
  event: { run: RunId; task: TaskIndex; attempt: number; nonce?: string },
): Rejection | undefined {
  const fault = judgeAttempt(state, event);
  if (fault !== undefined) return fault;
  const { claim } = attemptOf(state, event);
  return claim === event.nonce ? undefined : 'not-claimant';
}

/** Only after `judgeAttempt` found no fault. */
export function attemptOf(state: PartitionState, { run, task }: { run: RunId; task: TaskIndex }): Attempt {
  return runOf(state, run).inFlight.get(task)!;
}

/** Only after `judgeTaskRun` found no fault. */
export function runOf(state: PartitionState, run: RunId): Run {
  return state.runs.get(run)!;
}
