import { planWorkflow, type WorkflowDefinition } from '@millrace/domain';
import type { RunDetail, TaskRunView } from '@millrace/protocol';
import { criticalPath, type PathStep } from '../critical-path.js';
import { formatDuration } from '../duration.js';
import { paintStatus, signOf, tookText } from '../run-lines.js';
import type { Terminal } from '../terminal.js';
import { dagRows, type DagRows } from './dag-rows.js';
import { drawPicture } from './draw-picture.js';
import { orderRows } from './order-rows.js';
import { widthOf, type Box } from './picture.js';

/** Tasks of a run whose DAG is drawn at most: more are counted in its table, and `workflow show` tells their shape. */
export const drawnTasksMax = 2_000;
const rowsMax = 30;
const idCharsMax = 24;
/** Steps of the critical path in its line, from the end. */
const stepsMax = 12;
const tries = 4;

export interface DagPage {
  readonly lines: readonly string[];
  readonly path: readonly PathStep[];
}

/** The DAG of a run, boxes by levels with their states, and its critical path, which is heavy. `tasks`: all that are known. */
export function dagPage(
  terminal: Terminal,
  run: RunDetail['run'],
  tasks: readonly TaskRunView[],
  definition: WorkflowDefinition,
  columns: number,
  now: number,
): DagPage {
  const dag = planWorkflow(definition);
  const byTask = new Map(tasks.map((each) => [each.task, each]));
  const path = criticalPath(dag, byTask, Date.parse(run.requestedAt), now);
  const isCritical = new Set(path.map(({ task }) => task));
  const boxOf = (of: readonly number[]): Box => {
    const known = of.map((task) => byTask.get(task));
    const ids = [of[0]!, of.at(-1)!].map((task) => cut(dag.tasks[task]!.id));
    const isHeavy = of.some((task) => isCritical.has(task));
    return of.length === 1
      ? boxOfOne(terminal, ids[0]!, known[0], isHeavy, now)
      : boxOfMany(terminal, ids, known, isHeavy);
  };
  const { rows, leftOut } = rowsWithin(columns, (columnsMax) => dagRows(dag, { columnsMax, rowsMax }, boxOf));
  orderRows(rows);
  const rest = leftOut === 0 ? [] : [terminal.dim(`... and ${leftOut} more tasks that are not drawn`)];
  return { lines: [...drawPicture(rows), ...rest, ...pathLines(terminal, path, run, now)], path };
}

/** Edges that pass by take columns too: where rows get too wide by them, the boxes get less. */
function rowsWithin(columns: number, rowsOf: (columnsMax: number) => DagRows): DagRows {
  let columnsMax = columns - 2;
  for (let left = tries; ; left--) {
    const found = rowsOf(columnsMax);
    const over = Math.max(0, ...found.rows.map(widthOf)) + 2 - columns;
    if (over <= 0 || left === 0) return found;
    columnsMax -= over;
  }
}

function boxOfOne(terminal: Terminal, id: string, task: TaskRunView | undefined, isHeavy: boolean, now: number): Box {
  const status = task?.status ?? 'pending';
  const took = task === undefined ? '' : tookText(task, now);
  const tries = (task?.attempt ?? 0) > 1 ? `#${task!.attempt}` : '';
  const text = [`${signOf(status)} ${id}`, took, tries].filter(Boolean).join('  ');
  return { text, isHeavy, paint: (plain) => paintStatus(terminal, status, plain) };
}

/** How many there are, and how many of them in which state. */
function boxOfMany(
  terminal: Terminal,
  ids: readonly string[],
  known: readonly (TaskRunView | undefined)[],
  isHeavy: boolean,
): Box {
  const counts = Map.groupBy(known, (each) => each?.status ?? 'pending');
  const states = [...counts].map(([status, of]) => `${signOf(status)} ${of.length} ${status}`).join(', ');
  const all = counts.size === 1 ? [...counts.keys()][0]! : 'running';
  const text = `${ids[0]} ... ${ids.at(-1)} (${known.length})  ${states}`;
  return { text, isHeavy, paint: (plain) => paintStatus(terminal, all, plain) };
}

function pathLines(
  terminal: Terminal,
  path: readonly PathStep[],
  { requestedAt, endedAt }: RunDetail['run'],
  now: number,
): string[] {
  if (path.length === 0) return [];
  const whole = Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(requestedAt));
  const sum = path.reduce((ms, { tookMs }) => ms + tookMs, 0);
  const steps = path.slice(-stepsMax).map(({ id, tookMs, waitedMs }) => {
    const waited = waitedMs >= 1 ? terminal.dim(` (waited ${formatDuration(waitedMs)})`) : '';
    return `${cut(id)} ${formatDuration(tookMs)}${waited}`;
  });
  const begin = path.length > stepsMax ? `... ${path.length - stepsMax} before -> ` : '';
  const share = `${formatDuration(sum)} of work in ${formatDuration(whole)}`;
  return ['', `${terminal.bold('Critical path')}  ${share}`, `  ${begin}${steps.join(' -> ')}`];
}

function cut(id: string): string {
  return id.length <= idCharsMax ? id : `${id.slice(0, idCharsMax - 1)}…`;
}
