import type { WorkerSeen } from '../event/event.js';
import type { Instant, WorkerId } from '../ids.js';
import type { Attempt } from '../run/run.js';

/** What the partition knows of one worker incarnation. */
export interface WorkerState {
  readonly id: WorkerId;
  /** As the owner saw it last; undefined for one known only by its claims. */
  seen: WorkerSeen | undefined;
  /** Set once and for ever by `WorkerLost`. */
  lostAt: Instant | undefined;
  /** Attempts dispatched to it, claimed or started by it, in that order. */
  readonly inFlight: Set<Attempt>;
}

const lostKeptMs = 24 * 60 * 60 * 1_000;

export class Workers {
  readonly #byId = new Map<WorkerId, WorkerState>();

  get(id: WorkerId): WorkerState | undefined {
    return this.#byId.get(id);
  }

  /** The worker, made known if it was not. */
  know(id: WorkerId): WorkerState {
    let worker = this.#byId.get(id);
    if (worker === undefined) {
      worker = { id, seen: undefined, lostAt: undefined, inFlight: new Set() };
      this.#byId.set(id, worker);
    }
    return worker;
  }

  isLost(id: WorkerId): boolean {
    return this.#byId.get(id)?.lostAt !== undefined;
  }

  all(): IterableIterator<WorkerState> {
    return this.#byId.values();
  }

  /**
   * Lost incarnations are remembered for 24 h of partition time, so that what they still send is judged. Those that were
   * never seen and hold nothing are forgotten at once. Linear: called when a worker is seen first.
   */
  forgetOver(at: Instant): void {
    for (const [id, { seen, lostAt, inFlight }] of this.#byId) {
      const isOver = lostAt === undefined ? seen === undefined && inFlight.size === 0 : lostAt < at - lostKeptMs;
      if (isOver) this.#byId.delete(id);
    }
  }
}
