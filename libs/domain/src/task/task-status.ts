/**
 * The transition table of a task run: every edge that exists. Any other edge is a rejection. `docs/state-machine.md` is
 * generated from it.
 */
export const taskTransitions = {
  pending: ['queued', 'scheduled', 'skipped', 'cancelled', 'timed_out'],
  scheduled: ['queued', 'cancelled', 'timed_out'],
  queued: ['dispatched', 'cancelled', 'timed_out'],
  dispatched: ['running', 'succeeded', 'failed', 'backing_off', 'queued', 'cancelled', 'timed_out', 'dead_lettered'],
  running: ['succeeded', 'failed', 'backing_off', 'queued', 'cancelled', 'timed_out', 'dead_lettered'],
  backing_off: ['queued', 'cancelled', 'timed_out'],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  skipped: [],
  dead_lettered: [],
} as const satisfies Record<string, readonly string[]>;

export type TaskStatus = keyof typeof taskTransitions;

/** Order fixed for ever: state keeps a status as its index in this list. */
export const taskStatuses = Object.keys(taskTransitions) as readonly TaskStatus[];

export const taskStatusCode = Object.fromEntries(taskStatuses.map((status, code) => [status, code])) as Record<
  TaskStatus,
  number
>;

export function isTerminal(status: TaskStatus): boolean {
  return taskTransitions[status].length === 0;
}

/** Ended without success and not by anybody's wish: what counts as failure in joins and makes a run fail. */
export function isFailed(status: TaskStatus): boolean {
  return status === 'failed' || status === 'timed_out' || status === 'dead_lettered';
}

export function mayMove(from: TaskStatus, to: TaskStatus): boolean {
  return (taskTransitions[from] as readonly TaskStatus[]).includes(to);
}

/** What is in flight at a worker: an attempt exists and its number is the fence. */
export function isInFlight(status: TaskStatus): boolean {
  return status === 'dispatched' || status === 'running';
}
