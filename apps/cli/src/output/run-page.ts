import type { RunDetail, RunView, TaskRunView } from '@millrace/protocol';
import { formatDuration } from './duration.js';
import { tableOf } from './print.js';
import { paintStatus, tookText } from './run-lines.js';
import { shownText } from './shown-text.js';
import type { Terminal } from './terminal.js';

/** One run for people: its head, a row per task run, and what went wrong or is waited for. */
export function runPage(terminal: Terminal, detail: RunDetail, now: number): string[] {
  const { run, tasks, tasksNext } = detail;
  const head: [string, string][] = [
    ['Run', terminal.bold(run.id)],
    [
      'Workflow',
      run.workflow === null
        ? terminal.dim('a single task')
        : `${run.workflow}  ${terminal.dim(run.version?.slice(0, 12) ?? '')}`,
    ],
    ['Status', paintStatus(terminal, run.status) + (run.reason === null ? '' : `  ${run.reason}`)],
    ...(run.pausedAt === null ? [] : [['Paused', terminal.warm(`since ${run.pausedAt}`)] as [string, string]]),
    ...(run.idempotencyKey === null ? [] : [['Key', shownText(run.idempotencyKey, 200)] as [string, string]]),
    ['Requested', run.requestedAt],
    ['Took', runTook(run, now)],
  ];
  const rows = tasks.map((task) => [
    task.id,
    paintStatus(terminal, task.status),
    task.handler,
    String(task.attempt),
    task.worker ?? '',
    waitText(task),
    tookText(task, now),
  ]);
  return [
    ...head.map(([name, value]) => `${terminal.dim(name.padEnd(10))} ${value}`),
    '',
    tableOf(['TASK', 'STATE', 'HANDLER', 'ATTEMPT', 'WORKER', 'WAITED', 'TOOK'], rows),
    ...(tasksNext === null ? [] : [terminal.dim(`... and ${run.taskCount - tasks.length} more`)]),
    ...notes(terminal, tasks),
  ];
}

/** How long a run took, or has been going on. */
export function runTook({ requestedAt, endedAt }: RunView, now: number): string {
  const end = endedAt === null ? now : Date.parse(endedAt);
  return formatDuration(Math.max(0, end - Date.parse(requestedAt))) + (endedAt === null ? ' so far' : '');
}

/** From queued to started. */
function waitText({ queuedAt, startedAt }: TaskRunView): string {
  return queuedAt === null || startedAt === null
    ? ''
    : formatDuration(Math.max(0, Date.parse(startedAt) - Date.parse(queuedAt)));
}

function notes(terminal: Terminal, tasks: readonly TaskRunView[]): string[] {
  const lines = tasks.flatMap((task) => {
    if (task.waitsFor !== undefined && !inItsRow.has(task.waitsFor.reason))
      return [`${terminal.warm(task.id)} waits: ${task.waitsFor.detail}`];
    if (task.error !== null && task.error !== undefined) return [`${terminal.bad(task.id)} ${errorText(task.error)}`];
    return [];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** What the state in the row of a task run tells by itself. */
const inItsRow: ReadonlySet<string> = new Set(['parents', 'handler']);

function errorText(error: unknown): string {
  const { message, name } = error as { message?: unknown; name?: unknown };
  if (typeof message !== 'string') return JSON.stringify(error);
  return typeof name === 'string' ? `${name}: ${message}` : message;
}
