import type { TaskIndex } from '../ids.js';
import { ConditionSums } from './condition-bounds.js';
import { findCycle } from './find-cycle.js';
import { GrowingInts } from './growing-ints.js';
import { isPlainNode, nodeFaults } from './node-faults.js';
import { childrenOf, type TaskLinks } from './task-links.js';
import { UnmetParents, type NodeFault } from './unmet-parents.js';
import { parentId, type TaskNode } from './workflow-definition.js';
import { fault, quote, type WorkflowFault } from './workflow-fault.js';

export const nodesMax = 1_000_000;
export const faultsMax = 100;

/** Numbers of parents that are not met yet count down from here. */
const unmetFrom = -2;

/** The faults that were found, or the links of a workflow without any. */
export type Gathered = { readonly faults: readonly WorkflowFault[] } | { readonly links: TaskLinks };

/**
 * Links and checks a workflow node by node, in the order of its tasks, so that no call takes long however many there are: some
 * microseconds a node, and one for each parent that it names. Holds of a node its id and some 20 bytes, of each parent 8.
 */
export class WorkflowGathering {
  readonly #ids: string[] = [];
  readonly #indexOf = new Map<string, TaskIndex>();
  readonly #parentFrom = new GrowingInts(0);
  /** Nodes; one that is not met yet as -2 less its number. */
  readonly #parents = new GrowingInts();
  /** By node, the one that named it last. */
  readonly #namedBy = new GrowingInts();
  readonly #unmet = new UnmetParents();
  readonly #sums = new ConditionSums();
  readonly #duplicates: WorkflowFault[] = [];
  readonly #found: NodeFault[] = [];
  /** The node that was looked up last. */
  #last = 0;

  /** Nodes so far. */
  get size(): number {
    return this.#ids.length;
  }

  /** Faults so far, which no later node mends, and at most some 200 of them. */
  get faultCount(): number {
    return this.#duplicates.length + this.#found.length;
  }

  /** Are the conditions so far already more than a workflow may have? */
  get hasTooManyConditions(): boolean {
    return this.#sums.areTooLarge;
  }

  add(node: TaskNode): void {
    const index = this.#ids.push(node.id) - 1;
    this.#namedBy.push(-1);
    this.#meet(node.id, index);
    let isSound = isPlainNode(node);
    const { dependsOn = [] } = node;
    for (let place = 0; place < dependsOn.length; place++) {
      const parent = this.#lookUp(parentId(dependsOn[place]!), node.id, index, place);
      isSound &&= parent !== index && this.#isNamedFirst(parent, index);
      this.#parents.push(parent);
    }
    this.#parentFrom.push(this.#parents.length);
    this.#sums.add(dependsOn);
    if (!isSound) this.#note(nodeFaults(node, index), index);
  }

  /** Of a workflow whose nodes were all added: what is wrong with it, or its edges. Called once. */
  end(): Gathered {
    for (const unmet of this.#unmet.faults()) {
      if (this.#found.length >= 2 * faultsMax) break;
      this.#found.push(unmet);
    }
    const byNode = this.#found.sort((one, other) => one.node - other.node).map((each) => each.fault);
    const faults = [...this.#duplicates, ...byNode].slice(0, faultsMax);
    if (faults.length > 0) return { faults };
    const tooLarge = [...this.#sums.faults(this.#indexOf)].slice(0, faultsMax);
    if (tooLarge.length > 0) return { faults: tooLarge };
    const links = this.#link();
    const cycle = findCycle(this.#ids, links);
    return cycle === undefined ? { links } : { faults: [cycle] };
  }

  #meet(id: string, index: TaskIndex): void {
    const first = this.#indexOf.get(id);
    if (first === undefined) {
      this.#indexOf.set(id, index);
      this.#unmet.meet(id, index);
    } else if (this.#duplicates.length < faultsMax) {
      const message = `Expected task ids to be unique, but tasks ${first} and ${index} are both ${quote(id)}.`;
      this.#duplicates.push(fault('task-id-duplicate', `tasks[${index}].id`, message));
    }
  }

  /**
   * A parent is looked up only where it is neither the one that was named before it nor the node behind that: a join of a
   * million leaves took 2.5 us a leaf to look up.
   */
  #lookUp(id: string, child: string, node: TaskIndex, place: number): number {
    if (this.#ids[this.#last + 1] === id) return (this.#last += 1);
    if (this.#ids[this.#last] === id) return this.#last;
    const found = this.#indexOf.get(id);
    if (found !== undefined) return (this.#last = found);
    return unmetFrom - this.#unmet.name(id, { child, node, place });
  }

  #isNamedFirst(parent: number, node: TaskIndex): boolean {
    if (parent < 0) return this.#unmet.isNamedFirst(unmetFrom - parent, node);
    if (this.#namedBy.at(parent) === node) return false;
    this.#namedBy.set(parent, node);
    return true;
  }

  #note(faults: Iterable<WorkflowFault>, node: TaskIndex): void {
    for (const each of faults) {
      if (this.#found.length >= faultsMax) return;
      this.#found.push({ node, fault: each });
    }
  }

  #link(): TaskLinks {
    const parentFrom = this.#parentFrom.taken();
    const parents = this.#parents.taken();
    for (let edge = 0; edge < parents.length; edge++) {
      if (parents[edge]! < 0) parents[edge] = this.#unmet.nodeOf(unmetFrom - parents[edge]!);
    }
    return { parentFrom, parents, ...childrenOf(this.#ids.length, parentFrom, parents) };
  }
}
