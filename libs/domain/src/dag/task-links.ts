/**
 * The edges of a workflow, both ways: parents of node i at `parents[parentFrom[i] .. parentFrom[i + 1])` in the order in
 * which it names them, children alike.
 */
export interface TaskLinks {
  readonly parentFrom: Int32Array;
  readonly parents: Int32Array;
  readonly childFrom: Int32Array;
  readonly children: Int32Array;
}

/** Children of each node, from its parents. Linear in nodes and edges. */
export function childrenOf(
  count: number,
  parentFrom: Int32Array,
  parents: Int32Array,
): Pick<TaskLinks, 'childFrom' | 'children'> {
  const childFrom = new Int32Array(count + 1);
  for (const parent of parents) childFrom[parent + 1]! += 1;
  for (let index = 0; index < count; index++) childFrom[index + 1]! += childFrom[index]!;
  const children = new Int32Array(childFrom[count]!);
  const next = childFrom.slice();
  for (let child = 0; child < count; child++) {
    for (let edge = parentFrom[child]!; edge < parentFrom[child + 1]!; edge++) {
      children[next[parents[edge]!]!++] = child;
    }
  }
  return { childFrom, children };
}
