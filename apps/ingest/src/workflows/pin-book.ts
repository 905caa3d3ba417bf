/** Versions remembered; beyond it the oldest is forgotten, and pinned once more when it is needed. */
const versionsMax = 50_000;

const nowhere: ReadonlySet<number> = new Set();

/** Which workflow versions are in force in which partitions, as far as this process knows. */
export class PinBook {
  readonly #partitionsOf = new Map<string, Set<number>>();

  has(version: string, partition: number): boolean {
    return this.#partitionsOf.get(version)?.has(partition) === true;
  }

  /** Where it is in force. */
  partitionsOf(version: string): ReadonlySet<number> {
    return this.#partitionsOf.get(version) ?? nowhere;
  }

  /** A repeat is harmless; so is a version that nobody here has heard of. */
  add(version: string, partition: number): void {
    const partitions = this.#partitionsOf.get(version);
    if (partitions !== undefined) return void partitions.add(partition);
    this.#partitionsOf.set(version, new Set([partition]));
    if (this.#partitionsOf.size <= versionsMax) return;
    for (const oldest of this.#partitionsOf.keys()) return void this.#partitionsOf.delete(oldest);
  }

  /** It did not get into the log after all. */
  remove(version: string, partition: number): void {
    this.#partitionsOf.get(version)?.delete(partition);
  }
}
