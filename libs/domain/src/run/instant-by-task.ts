import type { Instant, TaskIndex } from '../ids.js';

/** What readers see of an `InstantByTask`. */
export type InstantsByTask = Pick<InstantByTask, 'size' | 'get' | 'has' | 'keys' | typeof Symbol.iterator>;

/**
 * An instant for those few task runs of a run that have one, in the order of setting. The first costs two words, a map
 * comes with the second: most runs are of one task, and a map of one entry would cost as much as the run.
 */
export class InstantByTask {
  /** -1: nothing is set. */
  #task: TaskIndex = -1;
  #at: Instant = 0;
  #more: Map<TaskIndex, Instant> | undefined;

  get size(): number {
    return (this.#task < 0 ? 0 : 1) + (this.#more?.size ?? 0);
  }

  get(task: TaskIndex): Instant | undefined {
    return task === this.#task ? this.#at : this.#more?.get(task);
  }

  has(task: TaskIndex): boolean {
    return this.get(task) !== undefined;
  }

  set(task: TaskIndex, at: Instant): void {
    const isFirst = this.#task === task || (this.#task < 0 && this.#more === undefined);
    if (!isFirst) {
      (this.#more ??= new Map()).set(task, at);
      return;
    }
    this.#task = task;
    this.#at = at;
  }

  delete(task: TaskIndex): void {
    if (task === this.#task) this.#task = -1;
    else if (this.#more?.delete(task) === true && this.#more.size === 0) this.#more = undefined;
  }

  /** In the order of setting. */
  *[Symbol.iterator](): Generator<[TaskIndex, Instant]> {
    if (this.#task >= 0) yield [this.#task, this.#at];
    if (this.#more !== undefined) yield* this.#more;
  }

  *keys(): Generator<TaskIndex> {
    for (const [task] of this) yield task;
  }
}
