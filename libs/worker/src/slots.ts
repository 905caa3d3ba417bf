/**
 * The slots of a worker, shared by its incarnations: what a lost one still runs counts, and its successor gets each slot as
 * it becomes free.
 */
export class Slots {
  readonly #listeners = new Set<() => void>();
  #busy = 0;

  constructor(readonly count: number) {}

  get hasFree(): boolean {
    return this.#busy < this.count;
  }

  /** Only where one is free. */
  take(): void {
    this.#busy += 1;
  }

  /** Whoever listens may take it at once. */
  give(): void {
    this.#busy -= 1;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` whenever a slot becomes free, until the function that it gives is called. */
  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
