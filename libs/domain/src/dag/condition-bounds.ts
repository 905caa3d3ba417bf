import { conditionOf, parentId, type ParentRef, type TaskNode } from './workflow-definition.js';
import { fault, quote, type WorkflowFault } from './workflow-fault.js';

/** Characters of one condition. */
export const conditionCharsMax = 2_048;
/** The conditions behind one task travel with each of its attempts: their characters and 32 for each, together. */
export const conditionsOfTaskMax = 64 * 1024;
/** The same over a whole workflow: every condition is parsed when it is registered. */
export const conditionsOfWorkflowMax = 1024 * 1024;
const edgeWeight = 32;

/** Faults of one condition's length. That it is CEL is told at registration; a fold only carries it. */
export function* conditionFaults(parent: ParentRef, child: string, path: string): Generator<WorkflowFault> {
  const when = conditionOf(parent);
  if (when === undefined || (when.length >= 1 && when.length <= conditionCharsMax)) return;
  const message = `Expected a condition of 1 to ${conditionCharsMax} characters, but the one from ${quote(parentId(parent))} to ${quote(child)} has ${when.length}.`;
  yield fault('task-condition-bad', `${path}.when`, message);
}

/** Faults of many conditions behind one task, or in all. */
export function* conditionSumFaults(tasks: readonly TaskNode[]): Generator<WorkflowFault> {
  const behind = new Map<string, number>();
  let inAll = 0;
  for (const { dependsOn = [] } of tasks) {
    for (const parent of dependsOn) {
      const when = conditionOf(parent);
      if (when === undefined) continue;
      const weight = when.length + edgeWeight;
      inAll += weight;
      behind.set(parentId(parent), (behind.get(parentId(parent)) ?? 0) + weight);
    }
  }
  if (inAll > conditionsOfWorkflowMax) {
    const message = `Expected conditions of at most ${conditionsOfWorkflowMax} characters in all, each counted with ${edgeWeight} more, but found ${inAll}.`;
    yield fault('workflow-conditions-too-large', 'tasks', message);
  }
  if (behind.size === 0) return;
  for (const [index, { id }] of tasks.entries()) {
    const weight = behind.get(id) ?? 0;
    if (weight <= conditionsOfTaskMax) continue;
    const message = `Expected conditions of at most ${conditionsOfTaskMax} characters behind ${quote(id)}, each counted with ${edgeWeight} more, but found ${weight}.`;
    yield fault('task-conditions-too-large', `tasks[${index}]`, message);
  }
}
