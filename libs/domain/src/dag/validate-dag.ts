import { handlerNamePattern, queueNamePattern } from '../ids.js';
import { conditionFaults, conditionSumFaults } from './condition-bounds.js';
import { linkTasks, type TaskLinks } from './task-links.js';
import { parentId, type TaskNode, type WorkflowDefinition } from './workflow-definition.js';
import { fault, quote, type WorkflowFault } from './workflow-fault.js';

export type { WorkflowFault };

export const nodesMax = 1_000_000;
const namePattern = /^[A-Za-z0-9._-]{1,128}$/;
const faultsMax = 100;

/**
 * Checks a definition whose members have the right types. Gives every fault (the first 100), an empty list for a valid
 * workflow; a cycle is told with its path, whose
 * arrows go from parent to child. Linear in nodes and edges. `links` are those of its tasks, where somebody has them.
 */
export function validateWorkflow(definition: WorkflowDefinition, links?: TaskLinks): WorkflowFault[] {
  const { name, tasks } = definition;
  const faults: WorkflowFault[] = [];
  if (!namePattern.test(name)) {
    faults.push(
      fault('workflow-name-bad', 'name', `Expected a name of letters, digits and . _ -, but found ${quote(name)}.`),
    );
  }
  if (tasks.length === 0) {
    faults.push(fault('workflow-empty', 'tasks', 'Expected at least one task, but the workflow has none.'));
  }
  if (tasks.length > nodesMax) {
    return [
      ...faults,
      fault('workflow-too-large', 'tasks', `Expected at most ${nodesMax} tasks, but found ${tasks.length}.`),
    ];
  }
  const linked = links ?? linkTasks(tasks);
  const isUnique = linked.indexOf.size === tasks.length;
  if (!isUnique) faults.push(...duplicateFaults(tasks));
  const seenBy = new Int32Array(tasks.length).fill(-1);
  for (let index = 0; index < tasks.length; index++) {
    if (isUnique && isSound(tasks[index]!, index, linked, seenBy)) continue;
    for (const found of nodeFaults(tasks[index]!, index, linked.indexOf)) {
      faults.push(found);
      if (faults.length >= faultsMax) return faults.slice(0, faultsMax);
    }
  }
  if (faults.length > 0) return faults;
  faults.push(...[...conditionSumFaults(tasks)].slice(0, faultsMax));
  return faults.length > 0 ? faults : cycleFault(tasks, linked);
}

function* duplicateFaults(tasks: readonly TaskNode[]): Generator<WorkflowFault> {
  const indexOf = new Map<string, number>();
  for (const [index, { id }] of tasks.entries()) {
    const first = indexOf.get(id);
    if (first === undefined) indexOf.set(id, index);
    else {
      const message = `Expected task ids to be unique, but tasks ${first} and ${index} are both ${quote(id)}.`;
      yield fault('task-id-duplicate', `tasks[${index}].id`, message);
    }
  }
}

/** Most nodes are sound and plain: looking for each fault of a million of them cost as much as all the rest. */
function isSound(
  { id, handler, queue, join, dependsOn }: TaskNode,
  index: number,
  { parentFrom, parents }: TaskLinks,
  seenBy: Int32Array,
): boolean {
  if (!namePattern.test(id) || !handlerNamePattern.test(handler)) return false;
  if (queue !== undefined && !queueNamePattern.test(queue)) return false;
  if (join !== undefined && join !== 'all_success') return false;
  const from = parentFrom[index]!;
  for (let edge = from; edge < parentFrom[index + 1]!; edge++) {
    const parent = parents[edge]!;
    if (parent < 0 || parent === index || seenBy[parent] === index) return false;
    if (typeof dependsOn![edge - from] !== 'string') return false;
    seenBy[parent] = index;
  }
  return true;
}

function* nodeFaults(node: TaskNode, index: number, indexOf: ReadonlyMap<string, number>): Generator<WorkflowFault> {
  const at = `tasks[${index}]`;
  if (!namePattern.test(node.id)) {
    yield fault('task-id-bad', `${at}.id`, `Expected an id of letters, digits and . _ -, but found ${quote(node.id)}.`);
  }
  if (!handlerNamePattern.test(node.handler)) {
    const message = `Expected a handler name of letters, digits and . _ -, but task ${quote(node.id)} names ${quote(node.handler)}.`;
    yield fault('task-handler-bad', `${at}.handler`, message);
  }
  if (node.queue !== undefined && !queueNamePattern.test(node.queue)) {
    const message = `Expected a queue name of lower-case letters, digits and -, but task ${quote(node.id)} names ${quote(node.queue)}.`;
    yield fault('task-queue-bad', `${at}.queue`, message);
  }
  yield* joinFaults(node, at);
  const seen = new Set<string>();
  for (const [place, ref] of (node.dependsOn ?? []).entries()) {
    const path = `${at}.dependsOn[${place}]`;
    const parent = parentId(ref);
    if (parent === node.id) {
      yield fault('task-depends-on-itself', path, `Expected other tasks, but ${quote(node.id)} depends on itself.`);
    } else if (!indexOf.has(parent)) {
      yield fault(
        'task-parent-unknown',
        path,
        `Expected a task of this workflow, but ${quote(node.id)} depends on ${quote(parent)}.`,
      );
    } else if (seen.has(parent)) {
      yield fault(
        'task-parent-duplicate',
        path,
        `Expected each parent once, but ${quote(node.id)} names ${quote(parent)} twice.`,
      );
    }
    seen.add(parent);
    yield* conditionFaults(ref, node.id, path);
  }
}

function* joinFaults({ id, join, dependsOn = [] }: TaskNode, at: string): Generator<WorkflowFault> {
  if (join === 'one_success' && dependsOn.length === 0) {
    const message = `Expected parents that can succeed, but ${quote(id)} joins by one_success and depends on nothing.`;
    yield fault('task-join-without-parents', `${at}.join`, message);
  }
  if (typeof join !== 'object' || (Number.isSafeInteger(join.n) && join.n >= 1 && join.n <= dependsOn.length)) return;
  const message =
    dependsOn.length === 0
      ? `Expected parents that can succeed, but ${quote(id)} joins by n_of_m and depends on nothing.`
      : `Expected n from 1 to ${dependsOn.length}, the parents of ${quote(id)}, but found ${join.n}.`;
  yield dependsOn.length === 0
    ? fault('task-join-without-parents', `${at}.join`, message)
    : fault('task-join-n-out-of-range', `${at}.join.n`, message);
}

/** One cycle, if there is any: Kahn's order leaves exactly the nodes on cycles and behind them. */
function cycleFault(tasks: readonly TaskNode[], links: TaskLinks): WorkflowFault[] {
  const { indexOf, parentFrom, childFrom, children } = links;
  const waitsFor = Int32Array.from(tasks, (_, index) => parentFrom[index + 1]! - parentFrom[index]!);
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
  if (done === tasks.length) return [];
  const stuck = waitsFor.findIndex((count) => count > 0);
  const path = cycleThrough(stuck, tasks, links, waitsFor);
  const message = `Expected no cycle, but found ${path.join(' -> ')}.`;
  return [fault('workflow-cycle', `tasks[${indexOf.get(path[0]!)}].dependsOn`, message)];
}

/** Every node that is left has a parent that is left, so walking up must come back. Reversed, the path goes from parent
 * to child. */
function cycleThrough(
  start: number,
  tasks: readonly TaskNode[],
  { parents, parentFrom }: TaskLinks,
  waitsFor: Int32Array,
): string[] {
  const placeOf = new Map<number, number>();
  const walk: number[] = [];
  let at = start;
  while (!placeOf.has(at)) {
    placeOf.set(at, walk.length);
    walk.push(at);
    at = parents.subarray(parentFrom[at], parentFrom[at + 1]).find((parent) => waitsFor[parent]! > 0)!;
  }
  const cycle = [...walk.slice(placeOf.get(at)), at].reverse();
  return cycle.map((index) => tasks[index]!.id);
}
