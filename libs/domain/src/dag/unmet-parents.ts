import type { TaskIndex } from '../ids.js';
import { GrowingInts } from './growing-ints.js';
import { fault, quote, type WorkflowFault } from './workflow-fault.js';

/** The place where a parent is named. */
export interface NamedAt {
  readonly child: string;
  readonly node: TaskIndex;
  readonly place: number;
}

export interface NodeFault {
  readonly node: TaskIndex;
  readonly fault: WorkflowFault;
}

/** Parents that are named before the node that they are: each is a number until it is met. */
export class UnmetParents {
  readonly #numbers = new Map<string, number>();
  readonly #named: (NamedAt & { readonly id: string })[] = [];
  readonly #namedBy = new GrowingInts();
  readonly #met = new GrowingInts();

  /** The number of this parent: the same for the same id. */
  name(id: string, at: NamedAt): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#named.length;
    this.#numbers.set(id, number);
    this.#named.push({ ...at, id });
    this.#namedBy.push(-1);
    this.#met.push(-1);
    return number;
  }

  /** False where this node has named it before. */
  isNamedFirst(number: number, node: TaskIndex): boolean {
    if (this.#namedBy.at(number) === node) return false;
    this.#namedBy.set(number, node);
    return true;
  }

  meet(id: string, node: TaskIndex): void {
    if (this.#numbers.size === 0) return;
    const number = this.#numbers.get(id);
    if (number === undefined) return;
    this.#numbers.delete(id);
    this.#met.set(number, node);
  }

  /** The node that a number became; -1 where it never came. */
  nodeOf(number: number): TaskIndex {
    return this.#met.at(number);
  }

  /** One for each id that no node has, where it was named first. */
  *faults(): Generator<NodeFault> {
    for (const number of this.#numbers.values()) {
      const { id, child, node, place } = this.#named[number]!;
      const message = `Expected a task of this workflow, but ${quote(child)} depends on ${quote(id)}.`;
      yield { node, fault: fault('task-parent-unknown', `tasks[${node}].dependsOn[${place}]`, message) };
    }
  }
}
