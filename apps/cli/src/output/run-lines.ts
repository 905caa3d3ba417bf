import type { RunDetail, TaskRunView } from '@millrace/protocol';
import { formatDuration } from './duration.js';
import type { Terminal } from './terminal.js';

const rowsMax = 20;
const errorCharsMax = 120;

const signs: Readonly<Record<string, string>> = {
  succeeded: '✓',
  failed: '✗',
  timed_out: '✗',
  dead_lettered: '✗',
  cancelled: '–',
  skipped: '–',
  running: '▸',
  dispatched: '▸',
};

/** A sign for a status, one column wide. */
export function signOf(status: string): string {
  return signs[status] ?? '·';
}

/** A status in the colour it deserves. */
export function paintStatus(terminal: Terminal, status: string, text = status): string {
  if (status === 'succeeded') return terminal.good(text);
  if (['failed', 'timed_out', 'dead_lettered'].includes(status)) return terminal.bad(text);
  if (['running', 'dispatched', 'backing_off'].includes(status)) return terminal.warm(text);
  return terminal.dim(text);
}

/** The task runs of a run as lines of one width each; long runs as counts by status. */
export function runLines(terminal: Terminal, { run, tasks }: RunDetail, now: number): string[] {
  if (tasks.length > rowsMax || run.taskCount > tasks.length) return countLines(terminal, tasks);
  const width = Math.max(...tasks.map(({ id }) => id.length), 4);
  return tasks.map((task) => {
    const sign = paintStatus(terminal, task.status, signOf(task.status));
    const status = paintStatus(terminal, task.status, task.status.padEnd(13));
    const tries = task.attempt > 1 ? `attempt ${task.attempt}` : '';
    const line = `  ${sign} ${task.id.padEnd(width)}  ${status} ${terminal.dim(`${tookText(task, now).padEnd(9)} ${tries}`)}`;
    return `${line.trimEnd()}${errorText(task)}`;
  });
}

/** What its last execution failed with, on the same line; empty where it did not. */
export function errorText({ error }: TaskRunView): string {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return '';
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return `  ${String(name)}: ${String(message).split('\n')[0]!.slice(0, errorCharsMax)}`;
}

function countLines(terminal: Terminal, tasks: readonly TaskRunView[]): string[] {
  const counts = Map.groupBy(tasks, ({ status }) => status);
  return [...counts].map(([status, of]) => `  ${paintStatus(terminal, status, status.padEnd(13))} ${of.length}`);
}

/** How long a task run's last attempt took, or has been running. */
export function tookText({ startedAt, dispatchedAt, finishedAt, status }: TaskRunView, now: number): string {
  const from = startedAt ?? dispatchedAt;
  if (from === null || ['pending', 'queued', 'backing_off'].includes(status)) return '';
  return formatDuration(Math.max(0, (finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(from)));
}
