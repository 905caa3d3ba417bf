import { HandOver } from './hand-over.js';
import type { PartitionOwner } from './partition-owner.js';
import type { Clock, Journal } from './ports.js';

export interface DispatchPartitionsOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  /** A new owner for a partition that has none yet. */
  readonly made: (partition: number) => PartitionOwner;
  /** Told before its owner begins. */
  readonly taken: (partition: number, owner: PartitionOwner) => void;
  /** One that it follows was claimed again. */
  readonly claimed: (partition: number) => void;
  readonly halted: (fault: Error) => void;
  /** Its owner is gone. */
  readonly dropped: (partition: number) => void;
}

/** The partitions of one dispatcher: an owner each, and those that have halted with their faults. */
export class DispatchPartitions {
  readonly #options: DispatchPartitionsOptions;
  readonly #owners = new Map<number, PartitionOwner>();
  readonly #halted = new Map<number, Error>();
  readonly #handOver: HandOver;
  #assigned: readonly number[] = [];

  constructor(options: DispatchPartitionsOptions) {
    this.#options = options;
    this.#handOver = new HandOver(options.clock);
  }

  get owners(): ReadonlyMap<number, PartitionOwner> {
    return this.#owners;
  }

  /** Phases and positions by partition. */
  get told(): { partition: number; phase: string; position: number; waiting: number }[] {
    const running = [...this.#owners].map(([partition, { phase, position, state }]) => {
      return { partition, phase: phase as string, position, waiting: state.ready.waiting };
    });
    const halted = [...this.#halted.keys()].map((partition) => {
      return { partition, phase: 'halted', position: -1, waiting: 0 };
    });
    return [...running, ...halted];
  }

  get halted(): ReadonlyMap<number, Error> {
    return this.#halted;
  }

  get faults(): readonly Error[] {
    return [...this.#halted.values()];
  }

  /**
   * These are ours now, and the others another's. One that we had lost is claimed again; one whose owner has stopped, because
   * it gave a decision up while the partition was another's, gets a new owner.
   */
  assign(partitions: readonly number[]): void {
    const { journal } = this.#options;
    for (const [partition, owner] of this.#owners) {
      const goesOn = partitions.includes(partition) && owner.phase !== 'stopped';
      if (goesOn) this.#handOver.keep(partition, owner);
      else this.#handOver.release(partition, owner);
    }
    this.dropReleased();
    this.#assigned = partitions;
    for (const partition of partitions) {
      this.claimAgain(partition, 0);
      this.#take(partition);
    }
    journal.info({ partitions }, 'Partitions are assigned.');
  }

  /** All are another's; what we own stays until it is claimed. */
  releaseAll(): void {
    this.#assigned = [];
    for (const [partition, owner] of this.#owners) this.#handOver.release(partition, owner);
    this.dropReleased();
  }

  dropReleased(): void {
    for (const partition of this.#handOver.over(this.#owners)) this.#drop(partition);
  }

  /** Claims it if we have followed for that long: the caller knows that nobody else decides. */
  claimAgain(partition: number, silentMs: number): void {
    if (this.#owners.get(partition)?.claimAgain(silentMs) === true) this.#options.claimed(partition);
  }

  halt(partition: number, fault: Error): void {
    this.#drop(partition);
    this.#halted.set(partition, fault);
    this.#options.halted(fault);
    this.#options.journal.error({ partition, error: fault }, `The partition halts: ${fault.message}`);
  }

  /** What it halted at is settled: if it is still ours, it is recovered and folded on. */
  goOn(partition: number): void {
    this.#halted.delete(partition);
    if (this.#assigned.includes(partition)) this.#take(partition);
  }

  /** Stops and forgets all owners. */
  stop(): void {
    for (const owner of this.#owners.values()) owner.stop();
    this.#owners.clear();
  }

  #take(partition: number): void {
    const { made, taken } = this.#options;
    if (this.#owners.has(partition) || this.#halted.has(partition)) return;
    const owner = made(partition);
    this.#owners.set(partition, owner);
    taken(partition, owner);
  }

  #drop(partition: number): void {
    this.#owners.get(partition)?.stop();
    this.#owners.delete(partition);
    this.#options.dropped(partition);
  }
}
