import type { SimProcess } from '../world/sim-process.ts';

/** How a process stands to one partition of the log. */
export interface Standing {
  /** Next offset of its fold, or of the rows that it keeps; undefined where it has none. */
  readonly position?: number;
  /** The sentence with which it has halted the partition. */
  readonly fault?: Error;
  /** Does it decide, or write rows? */
  readonly acts: boolean;
}

export interface StandingProcess {
  readonly process: SimProcess;
  readonly kind: 'dispatcher' | 'projector';
  readonly bornAtMs: number;
  of(partition: number): Standing;
}

/** Dispatchers and projectors, and what they say of themselves. */
export class Standings {
  #all: StandingProcess[] = [];

  add(process: SimProcess, kind: StandingProcess['kind'], of: StandingProcess['of']): void {
    this.#all = this.living;
    this.#all.push({ process, kind, bornAtMs: process.scheduler.nowMs, of });
  }

  get living(): StandingProcess[] {
    return this.#all.filter(({ process }) => process.isAlive);
  }
}

/** The fault of that partition among those that a loop tells; one that names no partition is no fault of a log. */
export function faultOf(faults: readonly Error[], partition: number): Error {
  const found = faults.find((fault) => 'partition' in fault && fault.partition === partition);
  return found ?? new Error(faults.map(String).join() || 'no fault is told');
}
