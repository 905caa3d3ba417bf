import { levelsOf, type Dag } from '@millrace/domain';
import { gap, type Box, type Item, type Row } from './picture.js';

export interface DagBounds {
  /** Columns of the widest row. */
  readonly columnsMax: number;
  readonly rowsMax: number;
}

export interface DagRows {
  readonly rows: Row[];
  /** Tasks that no box stands for. */
  readonly leftOut: number;
}

/** So many tasks that are alike are one box where a row would be too wide. */
const alikeMin = 3;

interface Node {
  readonly tasks: readonly number[];
  readonly box: Box;
}

/**
 * The rows of a picture: a row a level. Where a row is wider than it may be, tasks with the same parents and the same
 * children become one box; what does not fit then is left out, and rows below the bound are. `boxOf` tells the box of tasks.
 */
export function dagRows(dag: Dag, bounds: DagBounds, boxOf: (tasks: readonly number[]) => Box): DagRows {
  const { order, from, widths } = levelsOf(dag);
  const levels = widths.slice(0, bounds.rowsMax);
  const nodeOf = new Map<number, Node>();
  const shown = levels.map((width, level) => {
    const tasks = [...order.subarray(from[level]!, from[level]! + width)].sort((one, other) => one - other);
    const nodes = fitting(dag, tasks, bounds.columnsMax, boxOf);
    for (const node of nodes) for (const task of node.tasks) nodeOf.set(task, node);
    return nodes;
  });
  return { rows: connected(dag, shown, nodeOf), leftOut: dag.tasks.length - nodeOf.size };
}

function fitting(
  dag: Dag,
  tasks: readonly number[],
  columnsMax: number,
  boxOf: (tasks: readonly number[]) => Box,
): Node[] {
  const single = tasks.map((task): Node => ({ tasks: [task], box: boxOf([task]) }));
  if (columnsOf(single) <= columnsMax) return single;
  const groups = Map.groupBy(tasks, (task) => `${neighbours(dag.parentFrom, dag.parents, task).join()}|${neighbours(dag.childFrom, dag.children, task).join()}`); // prettier-ignore
  const grouped = [...groups.values()].flatMap((alike) =>
    alike.length < alikeMin ? alike.map((task) => [task]) : [alike],
  );
  const nodes = grouped.map((alike): Node => ({ tasks: alike, box: boxOf(alike) }));
  let count = nodes.length;
  while (count > 1 && columnsOf(nodes.slice(0, count)) > columnsMax) count -= 1;
  return nodes.slice(0, count);
}

function columnsOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, { box }) => sum + box.text.length + 4 + gap, 0);
}

/** Items with their parents in the row above; an edge over several rows passes by in those between. */
function connected(dag: Dag, shown: readonly (readonly Node[])[], nodeOf: ReadonlyMap<number, Node>): Row[] {
  const rows: Row[] = [];
  let live = new Map<Node, Item>();
  const rowOf = new Map(shown.flatMap((nodes, row) => nodes.map((node) => [node, row] as const)));
  const lastUse = lastUses(dag, shown, nodeOf, rowOf);
  for (const [row, nodes] of shown.entries()) {
    const items: Row = nodes.map(({ box, tasks }, place) => {
      const parents = new Set(parentsOf(dag, tasks, nodeOf).map((parent) => live.get(parent)!));
      return { box, parents: [...parents], x: place, width: box.text.length + 4 };
    });
    const next = new Map<Node, Item>(nodes.map((node, place) => [node, items[place]!]));
    for (const [node, item] of live) {
      if ((lastUse.get(node) ?? -1) <= row) continue;
      const passing: Item = { box: undefined, parents: [item], x: items.length, width: 3 };
      items.push(passing);
      next.set(node, passing);
    }
    live = next;
    rows.push(items);
  }
  return rows;
}

function parentsOf(dag: Dag, tasks: readonly number[], nodeOf: ReadonlyMap<number, Node>): Node[] {
  const parents = tasks.flatMap((task) => neighbours(dag.parentFrom, dag.parents, task));
  return [...new Set(parents.flatMap((parent) => nodeOf.get(parent) ?? []))];
}

/** By node: the last row in which it has a child. */
function lastUses(
  dag: Dag,
  shown: readonly (readonly Node[])[],
  nodeOf: ReadonlyMap<number, Node>,
  rowOf: ReadonlyMap<Node, number>,
): ReadonlyMap<Node, number> {
  const last = new Map<Node, number>();
  for (const node of shown.flat()) {
    const row = rowOf.get(node)!;
    for (const parent of parentsOf(dag, node.tasks, nodeOf)) last.set(parent, Math.max(last.get(parent) ?? 0, row));
  }
  return last;
}

function neighbours(from: Int32Array, of: Int32Array, task: number): number[] {
  return [...of.subarray(from[task], from[task + 1])];
}
