import type { TaskIndex } from '../ids.js';
import type { Json } from '../json.js';

/** One checkpoint, and those of one run together, in UTF-16 code units of their JSON. */
export const checkpointCharsMax = 128 * 1024;
export const runCheckpointsCharsMax = 16 * 1024 * 1024;

/** The last checkpoint of those task runs of a run that have one and have not ended. */
export class Checkpoints {
  readonly #byTask = new Map<TaskIndex, { readonly checkpoint: Json; readonly chars: number }>();
  #chars = 0;

  get size(): number {
    return this.#byTask.size;
  }

  get(task: TaskIndex): Json | undefined {
    return this.#byTask.get(task)?.checkpoint;
  }

  /** Would this one be within the bounds, in place of the one before? */
  fits(task: TaskIndex, checkpoint: Json): boolean {
    const chars = charsOf(checkpoint);
    const all = this.#chars - (this.#byTask.get(task)?.chars ?? 0) + chars;
    return chars <= checkpointCharsMax && all <= runCheckpointsCharsMax;
  }

  set(task: TaskIndex, checkpoint: Json): void {
    this.delete(task);
    const chars = charsOf(checkpoint);
    this.#byTask.set(task, { checkpoint, chars });
    this.#chars += chars;
  }

  delete(task: TaskIndex): void {
    this.#chars -= this.#byTask.get(task)?.chars ?? 0;
    this.#byTask.delete(task);
  }

  *[Symbol.iterator](): Generator<readonly [TaskIndex, Json]> {
    for (const [task, { checkpoint }] of this.#byTask) yield [task, checkpoint];
  }
}

function charsOf(checkpoint: Json): number {
  return JSON.stringify(checkpoint).length;
}
