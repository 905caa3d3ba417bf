import { planTask, type Dag, type PlannedTask } from './dag.js';
import type { TaskLinks } from './task-links.js';
import { conditionOf, type TaskNode, type WorkflowDefinition } from './workflow-definition.js';
import { WorkflowGathering } from './workflow-gathering.js';

/** Plans a workflow node by node: see `WorkflowGathering`. */
export class PlanGathering {
  readonly #tasks: PlannedTask[] = [];
  readonly #gathering = new WorkflowGathering();
  /** Of edges with one, by their place among all edges from children to parents. */
  readonly #conditions = new Map<number, string>();
  #edges = 0;

  add(node: TaskNode): void {
    this.#tasks.push(planTask(node.id, node, node.input, node.join));
    this.#gathering.add(node);
    for (const parent of node.dependsOn ?? []) {
      const when = conditionOf(parent);
      if (when !== undefined) this.#conditions.set(this.#edges, when);
      this.#edges += 1;
    }
  }

  /** Undefined where the nodes make no valid workflow. Called once, after all nodes. */
  end(name: string): Dag | undefined {
    const gathered = this.#gathering.end();
    if ('faults' in gathered) return undefined;
    const conditions = conditionsByEdge(this.#conditions, gathered.links);
    return { name, tasks: this.#tasks, ...gathered.links, ...(conditions.size > 0 && { conditions }) };
  }
}

/** `definition` must be valid (`validateWorkflow`). Linear in nodes and edges. */
export function planWorkflow({ name, tasks }: WorkflowDefinition): Dag {
  const gathering = new PlanGathering();
  for (const task of tasks) gathering.add(task);
  const dag = gathering.end(name);
  if (dag === undefined) throw new Error(`Expected workflow ${name} to be valid, but it is not: validate it first.`);
  return dag;
}

/** Conditions by the place of their edge in `children`. */
function conditionsByEdge(named: ReadonlyMap<number, string>, { parents, childFrom }: TaskLinks): Map<number, string> {
  const conditions = new Map<number, string>();
  if (named.size === 0) return conditions;
  const next = childFrom.slice();
  for (let edge = 0; edge < parents.length; edge++) {
    const place = next[parents[edge]!]!++;
    const when = named.get(edge);
    if (when !== undefined) conditions.set(place, when);
  }
  return conditions;
}
