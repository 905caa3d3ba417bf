import type { Join, TaskNode, TaskSpec } from '@millrace/domain';

/** A workflow version as the checker reads it, by itself, from the JSON that was pinned: its nodes and who waits for whom. */
export class Flow {
  readonly #parentFrom: Int32Array;
  readonly #parents: Int32Array;
  /** Places in `#parents` whose edge has a condition. */
  readonly #conditional = new Set<number>();
  readonly #hasChild: Uint8Array;

  constructor(readonly tasks: readonly (TaskSpec & Partial<TaskNode>)[]) {
    const indexOf = new Map(tasks.map(({ id }, index) => [id, index]));
    const edges = tasks.reduce((sum, { dependsOn }) => sum + (dependsOn?.length ?? 0), 0);
    this.#parentFrom = new Int32Array(tasks.length + 1);
    this.#parents = new Int32Array(edges);
    this.#hasChild = new Uint8Array(tasks.length);
    let edge = 0;
    for (const [index, { dependsOn = [] }] of tasks.entries()) {
      for (const parent of dependsOn) {
        const place = indexOf.get(typeof parent === 'string' ? parent : parent.id)!;
        if (typeof parent !== 'string') this.#conditional.add(edge);
        this.#parents[edge++] = place;
        this.#hasChild[place] = 1;
      }
      this.#parentFrom[index + 1] = edge;
    }
  }

  get size(): number {
    return this.tasks.length;
  }

  spec(task: number): TaskSpec {
    return this.tasks[task]!;
  }

  joinOf(task: number): Join {
    return this.tasks[task]!.join ?? 'all_success';
  }

  isLeaf(task: number): boolean {
    return this.#hasChild[task] === 0;
  }

  /** Some edge of the workflow has a condition, so reports must say which were taken. */
  get hasConditions(): boolean {
    return this.#conditional.size > 0;
  }

  /** The parents of a task, each with whether its edge has a condition. */
  *parentsOf(task: number): Generator<{ readonly parent: number; readonly isConditional: boolean }> {
    for (let edge = this.#parentFrom[task]!; edge < this.#parentFrom[task + 1]!; edge++) {
      yield { parent: this.#parents[edge]!, isConditional: this.#conditional.has(edge) };
    }
  }
}
