import type { PartitionOwner } from './partition-owner.js';
import type { Clock } from './ports.js';

/** A dispatcher that stops waits this long at most for others to claim what it owns. */
export const handOverMsMax = 3_000;
/** A partition that the group gave to another is kept for this long at most. */
const keptMsMax = 10_000;

/**
 * Partitions that are another's by assignment and still ours by the log. Whoever gives one up goes on deciding until the
 * next owner's claim fences it: meanwhile that one recovers, and nothing stands still.
 */
export class HandOver {
  readonly #releasedAt = new Map<number, number>();

  constructor(private readonly clock: Clock) {}

  /** From now on it never claims again. */
  release(partition: number, owner: PartitionOwner): void {
    owner.release(true);
    if (!this.#releasedAt.has(partition)) this.#releasedAt.set(partition, this.clock.uptimeMs());
  }

  /** It is ours after all. */
  keep(partition: number, owner: PartitionOwner): void {
    owner.release(false);
    this.#releasedAt.delete(partition);
  }

  /** Released ones that are over: claimed by another, never owned, or kept for too long. Each is given once. */
  *over(owners: ReadonlyMap<number, PartitionOwner>): Generator<number> {
    for (const [partition, at] of this.#releasedAt) {
      const isKept = owners.get(partition)?.phase === 'owning' && this.clock.uptimeMs() - at < keptMsMax;
      if (isKept) continue;
      this.#releasedAt.delete(partition);
      yield partition;
    }
  }
}
