import { LineageFault } from './births.js';
import type { PartitionOwner } from './partition-owner.js';
import type { SnapshotRecovery } from './snapshot-recovery.js';
import type { TakeOverChecks } from './take-over-checks.js';

export interface OwnerRestorerOptions {
  /** Absent: every owner begins at the beginning of the log, at once. */
  readonly recovery: SnapshotRecovery | undefined;
  readonly checks: TakeOverChecks;
  /** Is it still this owner that has the partition? */
  readonly isWanted: (partition: number, owner: PartitionOwner) => boolean;
  readonly halt: (partition: number, fault: Error) => void;
  /** Resolves when trying again makes sense. */
  readonly unreachable: (error: unknown) => Promise<void>;
}

/**
 * Gives new owners the snapshot to begin with on a log that is sound, beside the reading of the log: owners that have theirs
 * do not wait.
 */
export class OwnerRestorer {
  readonly #options: OwnerRestorerOptions;
  readonly #restoring = new Set<PartitionOwner>();

  constructor(options: OwnerRestorerOptions) {
    this.#options = options;
  }

  /** Is its log still looked at, or its snapshot for? Its log must not be read then. */
  isRestoring(owner: PartitionOwner): boolean {
    return this.#restoring.has(owner);
  }

  restore(partition: number, owner: PartitionOwner): void {
    this.#restoring.add(owner);
    const restored = Promise.all([this.#options.checks.look(partition), this.#restore(partition, owner)]);
    void restored.then(() => this.#restoring.delete(owner));
  }

  /** Tries until it has a snapshot or knows that none fits. */
  async #restore(partition: number, owner: PartitionOwner): Promise<void> {
    const { recovery, isWanted, halt, unreachable } = this.#options;
    while (recovery !== undefined && isWanted(partition, owner)) {
      try {
        return owner.resume((await recovery.recover(partition, 'state')).fold);
      } catch (error) {
        if (error instanceof LineageFault) halt(partition, error);
        else await unreachable(error);
      }
    }
  }
}
