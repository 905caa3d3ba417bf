import type { TaskIndex } from '../ids.js';
import type { Dag } from './dag.js';

/** The shape of a workflow: what can run at the same time, and what must follow each other. */
export interface Levels {
  /** All tasks, parents before children: by level, then by index. Level `l` is at `order[from[l] .. from[l + 1])`. */
  readonly order: Int32Array;
  readonly from: readonly number[];
  /** Tasks of each level; they depend on nothing beside or below them. */
  readonly widths: readonly number[];
  /** One longest chain of dependencies, from a task without parents; as long as there are levels. */
  readonly criticalPath: readonly TaskIndex[];
}

/**
 * The level of a task is the length of the longest chain of parents above it. Linear in nodes and edges, without recursion;
 * `dag` has no cycle.
 */
export function levelsOf(dag: Dag): Levels {
  const levelOf = levels(dag);
  const widths: number[] = [];
  for (const level of levelOf) widths[level] = (widths[level] ?? 0) + 1;
  const from = [0];
  for (const width of widths) from.push(from.at(-1)! + width);
  const order = new Int32Array(levelOf.length);
  const next = Int32Array.from(from);
  levelOf.forEach((level, task) => (order[next[level]!++] = task));
  return { order, from, widths, criticalPath: criticalPath(dag, levelOf, order[from.at(-2) ?? 0]) };
}

function levels({ tasks, childFrom, children, parentFrom }: Dag): Int32Array {
  const levelOf = new Int32Array(tasks.length);
  const waitsFor = Int32Array.from(tasks, (_, task) => parentFrom[task + 1]! - parentFrom[task]!);
  const ready = [...waitsFor.keys()].filter((task) => waitsFor[task] === 0);
  for (let task = ready.pop(); task !== undefined; task = ready.pop()) {
    for (let edge = childFrom[task]!; edge < childFrom[task + 1]!; edge++) {
      const child = children[edge]!;
      levelOf[child] = Math.max(levelOf[child]!, levelOf[task]! + 1);
      if (--waitsFor[child]! === 0) ready.push(child);
    }
  }
  return levelOf;
}

function criticalPath({ parentFrom, parents }: Dag, levelOf: Int32Array, last: TaskIndex | undefined): TaskIndex[] {
  const path: TaskIndex[] = [];
  for (let task = last; task !== undefined;) {
    path.push(task);
    const above = parents.subarray(parentFrom[task], parentFrom[task + 1]);
    task = above.find((parent) => levelOf[parent] === levelOf[path.at(-1)!]! - 1);
  }
  return path.reverse();
}
