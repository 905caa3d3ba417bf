/**
 * The slots of a worker, shared by its incarnations: what a lost one still runs counts, and its successor gets each slot as
 * it becomes free. One who must have the worker to itself reserves them all.
 */
export class Slots {
  readonly #listeners = new Set<() => void>();
  #busy = 0;
  #reservedBy: object | undefined;

  constructor(readonly count: number) {}

  /** For everybody but the one who has reserved them. */
  get hasFree(): boolean {
    return this.#reservedBy === undefined && this.#busy < this.count;
  }

  get areReserved(): boolean {
    return this.#reservedBy !== undefined;
  }

  get areAllFree(): boolean {
    return this.#busy === 0;
  }

  /** From now on nobody else gets one. False where another has reserved them. */
  reserve(by: object): boolean {
    this.#reservedBy ??= by;
    return this.#reservedBy === by;
  }

  /** Whoever listens may take one at once. Does nothing for who has not reserved them. */
  release(by: object): void {
    if (this.#reservedBy !== by) return;
    this.#reservedBy = undefined;
    this.#tell();
  }

  /** Only where one is free. */
  take(): void {
    this.#busy += 1;
  }

  /** Whoever listens may take it at once. */
  give(): void {
    this.#busy -= 1;
    this.#tell();
  }

  /** Calls `listener` whenever a slot becomes free, until the function that it gives is called. */
  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
