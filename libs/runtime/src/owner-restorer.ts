import { LineageFault } from './births.js';
import type { PartitionOwner } from './partition-owner.js';
import type { SnapshotRecovery } from './snapshot-recovery.js';

export interface OwnerRestorerOptions {
  /** Absent: every owner begins at the beginning of the log, at once. */
  readonly recovery: SnapshotRecovery | undefined;
  /** Is it still this owner that has the partition? */
  readonly isWanted: (partition: number, owner: PartitionOwner) => boolean;
  readonly halt: (partition: number, fault: Error) => void;
  /** Resolves when trying again makes sense. */
  readonly unreachable: (error: unknown) => Promise<void>;
}

/** Gives new owners the snapshot to begin with, beside the reading of the log: owners that have theirs do not wait. */
export class OwnerRestorer {
  readonly #options: OwnerRestorerOptions;
  readonly #restoring = new Set<PartitionOwner>();

  constructor(options: OwnerRestorerOptions) {
    this.#options = options;
  }

  /** Is its snapshot still looked for? Its log must not be read then. */
  isRestoring(owner: PartitionOwner): boolean {
    return this.#restoring.has(owner);
  }

  restore(partition: number, owner: PartitionOwner): void {
    const { recovery } = this.#options;
    if (recovery !== undefined) void this.#restore(partition, owner, recovery);
  }

  /** Tries until it has a snapshot or knows that none fits. */
  async #restore(partition: number, owner: PartitionOwner, recovery: SnapshotRecovery): Promise<void> {
    const { isWanted, halt, unreachable } = this.#options;
    this.#restoring.add(owner);
    while (isWanted(partition, owner)) {
      try {
        owner.resume((await recovery.recover(partition, 'state')).fold);
        break;
      } catch (error) {
        if (error instanceof LineageFault) halt(partition, error);
        else await unreachable(error);
      }
    }
    this.#restoring.delete(owner);
  }
}
