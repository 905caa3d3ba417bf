import { handlerNamePattern, queueNamePattern } from '../ids.js';
import { conditionFaults } from './condition-bounds.js';
import { parentId, type TaskNode } from './workflow-definition.js';
import { fault, quote, type WorkflowFault } from './workflow-fault.js';

export const namePattern = /^[A-Za-z0-9._-]{1,128}$/;

/** Most nodes are sound and plain, their parents apart: looking for each fault of a million of them cost as much as all the rest. */
export function isPlainNode({ id, handler, queue, join, dependsOn }: TaskNode): boolean {
  if (!namePattern.test(id) || !handlerNamePattern.test(handler)) return false;
  if (queue !== undefined && !queueNamePattern.test(queue)) return false;
  if (join !== undefined && join !== 'all_success') return false;
  return dependsOn === undefined || dependsOn.every((parent) => typeof parent === 'string');
}

/** What is wrong with a node whatever other nodes there are. */
export function* nodeFaults(node: TaskNode, index: number): Generator<WorkflowFault> {
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
