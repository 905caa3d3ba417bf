import type { TaskStatus } from '@millrace/domain';

/** The edges of a task run as docs/design.md lists them, written down again: the fold has its own table. */
export const edges: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
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
};

export const statuses = Object.keys(edges) as readonly TaskStatus[];

export function isTerminal(status: TaskStatus): boolean {
  return edges[status].length === 0;
}
