import type { TaskIndex } from '../ids.js';
import type { Dag } from './dag.js';
import type { ParentRef } from './workflow-definition.js';

/** The parents of a node as its definition names them. Linear in nodes once, then in the parents asked for. */
export function parentRefs(dag: Dag): (node: TaskIndex) => ParentRef[] {
  const { tasks, parents, parentFrom } = dag;
  const conditions = conditionsByChild(dag);
  return (node) => {
    const own = conditions?.get(node);
    return Array.from(parents.subarray(parentFrom[node], parentFrom[node + 1]), (parent) => {
      const { id } = tasks[parent]!;
      const when = own?.get(parent);
      return when === undefined ? id : { id, when };
    });
  };
}

function conditionsByChild({
  tasks,
  children,
  childFrom,
  conditions,
}: Dag): Map<TaskIndex, Map<TaskIndex, string>> | undefined {
  if (conditions === undefined) return undefined;
  const byChild = new Map<TaskIndex, Map<TaskIndex, string>>();
  for (let parent = 0; parent < tasks.length; parent++) {
    for (let edge = childFrom[parent]!; edge < childFrom[parent + 1]!; edge++) {
      const when = conditions.get(edge);
      if (when === undefined) continue;
      const child = children[edge]!;
      let own = byChild.get(child);
      if (own === undefined) byChild.set(child, (own = new Map()));
      own.set(parent, when);
    }
  }
  return byChild;
}
