import type { TaskIndex } from '../ids.js';
import { conditionOf, parentId, type ParentRef } from './workflow-definition.js';
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

/** Counts many conditions behind one task, and in all. */
export class ConditionSums {
  readonly #behind = new Map<string, number>();
  #inAll = 0;

  /** The parents of one node. */
  add(dependsOn: readonly ParentRef[]): void {
    for (const parent of dependsOn) {
      const when = conditionOf(parent);
      if (when === undefined) continue;
      const weight = when.length + edgeWeight;
      this.#inAll += weight;
      this.#behind.set(parentId(parent), (this.#behind.get(parentId(parent)) ?? 0) + weight);
    }
  }

  get areTooLarge(): boolean {
    return this.#inAll > conditionsOfWorkflowMax;
  }

  *faults(indexOf: ReadonlyMap<string, TaskIndex>): Generator<WorkflowFault> {
    if (this.areTooLarge) {
      const message = `Expected conditions of at most ${conditionsOfWorkflowMax} characters in all, each counted with ${edgeWeight} more, but found ${this.#inAll}.`;
      yield fault('workflow-conditions-too-large', 'tasks', message);
    }
    const tooMany = [...this.#behind].filter(([, weight]) => weight > conditionsOfTaskMax);
    const placed = tooMany.map(([id, weight]) => ({ index: indexOf.get(id)!, id, weight }));
    for (const { index, id, weight } of placed.sort((one, other) => one.index - other.index)) {
      const message = `Expected conditions of at most ${conditionsOfTaskMax} characters behind ${quote(id)}, each counted with ${edgeWeight} more, but found ${weight}.`;
      yield fault('task-conditions-too-large', `tasks[${index}]`, message);
    }
  }
}
