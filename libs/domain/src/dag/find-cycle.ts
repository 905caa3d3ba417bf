import type { TaskIndex } from '../ids.js';
import type { TaskLinks } from './task-links.js';
import { fault, type WorkflowFault } from './workflow-fault.js';

/** Nodes of a cycle that are named. */
const pathNodesMax = 100;

/** One cycle of these nodes, if there is any: Kahn's order leaves exactly the nodes on cycles and behind them. */
export function findCycle(ids: readonly string[], links: TaskLinks): WorkflowFault | undefined {
  const { parentFrom, childFrom, children } = links;
  const waitsFor = new Int32Array(ids.length);
  for (let index = 0; index < ids.length; index++) waitsFor[index] = parentFrom[index + 1]! - parentFrom[index]!;
  const ready: number[] = [];
  waitsFor.forEach((count, index) => count === 0 && ready.push(index));
  let done = 0;
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    done += 1;
    for (let edge = childFrom[node]!; edge < childFrom[node + 1]!; edge++) {
      const child = children[edge]!;
      if (--waitsFor[child]! === 0) ready.push(child);
    }
  }
  if (done === ids.length) return undefined;
  const stuck = waitsFor.findIndex((count) => count > 0);
  const path = cycleThrough(stuck, links, waitsFor);
  const message = `Expected no cycle, but found ${pathText(path, ids)}.`;
  return fault('workflow-cycle', `tasks[${path[0]}].dependsOn`, message);
}

/** Every node that is left has a parent that is left, so walking up must come back. Reversed, the path goes from parent
 * to child. */
function cycleThrough(start: TaskIndex, { parents, parentFrom }: TaskLinks, waitsFor: Int32Array): TaskIndex[] {
  const placeOf = new Map<number, number>();
  const walk: number[] = [];
  let at = start;
  while (!placeOf.has(at)) {
    placeOf.set(at, walk.length);
    walk.push(at);
    at = parents.subarray(parentFrom[at], parentFrom[at + 1]).find((parent) => waitsFor[parent]! > 0)!;
  }
  return [...walk.slice(placeOf.get(at)), at].reverse();
}

/** A long one is told with its ends. */
function pathText(path: readonly TaskIndex[], ids: readonly string[]): string {
  const names = path.map((index) => ids[index]!);
  const left = names.length - pathNodesMax;
  if (left > 0) names.splice(pathNodesMax / 2, left, `... ${left} more ...`);
  return names.join(' -> ');
}
