import type { Instant, TaskIndex } from '../ids.js';

/**
 * An instant for those few task runs of a run that have one. Costs a map only while there is any: an empty map in each of a
 * million waiting runs would cost more than the rest of the run.
 */
export class InstantByTask {
  #instants: Map<TaskIndex, Instant> | undefined;

  get size(): number {
    return this.#instants?.size ?? 0;
  }

  get(task: TaskIndex): Instant | undefined {
    return this.#instants?.get(task);
  }

  has(task: TaskIndex): boolean {
    return this.#instants?.has(task) === true;
  }

  set(task: TaskIndex, at: Instant): void {
    (this.#instants ??= new Map()).set(task, at);
  }

  delete(task: TaskIndex): void {
    if (this.#instants?.delete(task) === true && this.#instants.size === 0) this.#instants = undefined;
  }

  /** In the order of setting. */
  *[Symbol.iterator](): Generator<[TaskIndex, Instant]> {
    if (this.#instants !== undefined) yield* this.#instants;
  }

  *keys(): Generator<TaskIndex> {
    for (const [task] of this) yield task;
  }
}
