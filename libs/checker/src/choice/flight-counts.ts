import type { TaskIndex, RunId, WorkerId } from '@millrace/domain';

/** How many attempts each worker has in flight. Bound: the attempts in flight. */
export class FlightCounts {
  readonly #workers = new Map<string, WorkerId>();
  readonly #counts = new Map<WorkerId, number>();

  of(worker: WorkerId): number {
    return this.#counts.get(worker) ?? 0;
  }

  /** The attempt in flight is with that worker from now on; with nobody, where it is over. */
  give(run: RunId, task: TaskIndex, worker: WorkerId | undefined): void {
    const key = `${run}/${task}`;
    const before = this.#workers.get(key);
    if (before !== undefined) this.#count(before, -1);
    if (worker === undefined) return void this.#workers.delete(key);
    this.#workers.set(key, worker);
    this.#count(worker, 1);
  }

  #count(worker: WorkerId, more: number): void {
    const count = this.of(worker) + more;
    if (count === 0) this.#counts.delete(worker);
    else this.#counts.set(worker, count);
  }
}
