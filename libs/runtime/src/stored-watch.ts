import { PositionTaken, type Clock, type ProjectionStore } from './ports.js';
import type { Projected } from './take-up-projection.js';

/** Between two looks at where the store stands. */
const lookMs = 5_000;

/** A store that restarts may have lost its last commits: where the log is silent no commit would tell. */
export class StoredWatch {
  readonly #store: ProjectionStore;
  readonly #clock: Clock;
  #lookedAt = -Infinity;

  constructor(store: ProjectionStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The partitions whose position is not the one that is known here; looked for every 5 s. Throws what the store throws. */
  async moved(projected: ReadonlyMap<number, Projected>): Promise<PositionTaken[]> {
    if (this.#clock.uptimeMs() - this.#lookedAt < lookMs) return [];
    this.#lookedAt = this.#clock.uptimeMs();
    const moved: PositionTaken[] = [];
    for (const [partition, { stored }] of [...projected]) {
      if ((await this.#store.position(partition)).to !== stored.to) moved.push(new PositionTaken(partition, stored.to));
    }
    return moved;
  }
}
