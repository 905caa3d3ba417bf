import { conditionOf, levelsOf, parentId, planWorkflow, type Join, type WorkflowDefinition } from '@millrace/domain';
import { shownText } from './shown-text.js';
import type { Terminal } from './terminal.js';

/** How much of a large workflow is shown; `Infinity` for all of it. */
export interface ShapeBounds {
  readonly levelsMax: number;
  /** Tasks of one level, of the critical path, joins, conditions: each list. */
  readonly listMax: number;
}
export const shapeBoundsDefault: ShapeBounds = { levelsMax: 50, listMax: 20 };

/** A list that may be cut; `count` is its whole length. */
interface Cut<T> {
  readonly count: number;
  readonly shown: readonly T[];
}

export interface WorkflowShape {
  readonly name: string;
  readonly version: string;
  readonly tasks: number;
  readonly edges: number;
  readonly widthMax: number;
  /** A longest chain of dependencies; its length is the number of levels. */
  readonly criticalPath: Cut<string>;
  /** What can run at the same time, from the top; all levels one after the other are a topological order. */
  readonly levels: Cut<{ readonly width: number; readonly tasks: readonly string[] }>;
  /** Tasks that join otherwise than by all_success. */
  readonly joins: Cut<{ readonly task: string; readonly join: Join; readonly parents: number }>;
  readonly conditions: Cut<{ readonly from: string; readonly to: string; readonly when: string }>;
}

/** What `workflow show` tells of a valid definition. */
export function shapeOf(
  definition: WorkflowDefinition,
  version: string,
  { levelsMax, listMax }: ShapeBounds = shapeBoundsDefault,
): WorkflowShape {
  const dag = planWorkflow(definition);
  const { order, from, widths, criticalPath } = levelsOf(dag);
  const idOf = (task: number): string => dag.tasks[task]!.id;
  const cut = <T, S>(list: readonly T[], show: (each: T, place: number) => S, max = listMax): Cut<S> => ({
    count: list.length,
    shown: list.slice(0, max).map(show),
  });
  const joins = definition.tasks.filter(({ join = 'all_success' }) => join !== 'all_success');
  return {
    name: definition.name,
    version,
    tasks: dag.tasks.length,
    edges: dag.parents.length,
    widthMax: widths.reduce((max, width) => Math.max(max, width), 0),
    criticalPath: cut(criticalPath, idOf),
    levels: cut(
      widths,
      (width, level) => ({
        width,
        tasks: Array.from(order.subarray(from[level]!, from[level]! + Math.min(width, listMax)), idOf),
      }),
      levelsMax,
    ),
    joins: cut(joins, ({ id, join, dependsOn = [] }) => ({ task: id, join: join!, parents: dependsOn.length })),
    conditions: cut(conditionsOf(definition), (edge) => edge),
  };
}

function conditionsOf({ tasks }: WorkflowDefinition): { from: string; to: string; when: string }[] {
  return tasks.flatMap(({ id, dependsOn = [] }) =>
    dependsOn.flatMap((parent) => {
      const when = conditionOf(parent);
      return when === undefined ? [] : [{ from: parentId(parent), to: id, when }];
    }),
  );
}

/** The shape for people: a line per level, then joins and conditions. */
export function workflowPage(terminal: Terminal, shape: WorkflowShape): string[] {
  const { name, version, tasks, edges, widthMax, criticalPath, levels, joins, conditions } = shape;
  const path = criticalPath.shown.join(' -> ') + rest(criticalPath, ' -> ');
  const lines = levels.shown.map(({ width, tasks: ids }, level) => {
    const names = ids.join(', ') + rest({ count: width, shown: ids }, ', ');
    return `${String(level + 1).padStart(5)}  ${terminal.dim(`(${width})`)} ${names}`;
  });
  return [
    `${terminal.bold(name)}  ${terminal.dim(version)}`,
    `${tasks} tasks, ${edges} edges, ${levels.count} levels, at most ${widthMax} tasks side by side`,
    `Critical path of ${criticalPath.count}: ${path}`,
    '',
    ...lines,
    ...more(levels, 'levels'),
    ...(joins.count === 0 ? [] : ['', 'Joins']),
    ...joins.shown.map(({ task, join, parents }) => `  ${task}  ${joinText(join)} of ${parents} parents`),
    ...more(joins, 'joins'),
    ...(conditions.count === 0 ? [] : ['', 'Conditions']),
    ...conditions.shown.map(({ from, to, when }) => `  ${from} -> ${to}  when ${shownText(when)}`),
    ...more(conditions, 'conditions'),
  ];
}

function joinText(join: Join): string {
  return typeof join === 'object' ? `${join.rule} (n = ${join.n})` : join;
}

function rest({ count, shown }: Cut<unknown>, before: string): string {
  return count > shown.length ? `${before}... ${count - shown.length} more` : '';
}

function more({ count, shown }: Cut<unknown>, what: string): string[] {
  return count > shown.length ? [`  ... ${count - shown.length} more ${what}: --all shows them`] : [];
}
