import type { WorkerState } from '../partition/workers.js';
import type { ReadyRing } from '../queue/ready-ring.js';

/** A worker and the credit that the decision has left it. */
export interface Candidate {
  readonly worker: WorkerState;
  free: number;
}

/** What workers accept beyond what they have in flight, as a decision spends it. */
export class FreeCredit {
  readonly #workers: Candidate[] = [];
  #left = 0;

  constructor(workers: Iterable<WorkerState>) {
    for (const worker of workers) {
      if (worker.seen === undefined) continue;
      const free = worker.seen.credits - worker.inFlight.size;
      if (free <= 0) continue;
      this.#workers.push({ worker, free });
      this.#left += free;
    }
  }

  /** Of all workers together. */
  get left(): number {
    return this.#left;
  }

  /** Workers with credit that serve the ring's handler and hold partitions of its queue. */
  candidates({ queue, handler }: ReadyRing): readonly Candidate[] {
    return this.#workers.filter(({ worker: { seen } }) => {
      const held = Object.hasOwn(seen!.queues, queue) ? seen!.queues[queue]! : [];
      return held.length > 0 && seen!.handlers.includes(handler);
    });
  }

  isLeft(candidates: readonly Candidate[]): boolean {
    return candidates.some(({ free }) => free > 0);
  }

  /** Spends one of the candidate with the most, the first of equals. Undefined where none has any. */
  spend(candidates: readonly Candidate[]): WorkerState | undefined {
    let best: Candidate | undefined;
    for (const candidate of candidates) {
      if (candidate.free > 0 && (best === undefined || candidate.free > best.free)) best = candidate;
    }
    if (best === undefined) return undefined;
    best.free -= 1;
    this.#left -= 1;
    return best.worker;
  }
}
