import type { PartitionState } from '@millrace/domain';
import { digestOf } from '@millrace/domain/testing';
import type { PartitionFold } from '@millrace/runtime';
import type { SimProcess } from '../world/sim-process.ts';

/** Folds of living processes, as they last showed them. */
export class FoldSightings {
  readonly #seen = new Map<SimProcess, Map<number, PartitionFold>>();
  readonly #report: (rule: string, what: string) => void;

  constructor(report: (rule: string, what: string) => void) {
    this.#report = report;
  }

  saw(process: SimProcess, fold: PartitionFold): void {
    const { partition, state, knows } = fold;
    if (state.rules > knows)
      this.#report(
        'unknown-rules-halt',
        `${process.name} goes on in partition ${partition} under rules ${state.rules}`,
      );
    const seen = this.#seen.get(process);
    if (seen === undefined) this.#seen.set(process, new Map([[fold.partition, fold]]));
    else seen.set(fold.partition, fold);
  }

  of(process: SimProcess, partition: number): PartitionFold | undefined {
    return this.#seen.get(process)?.get(partition);
  }

  /** Names whoever stands where `state` does and has folded something else. */
  differing(partition: number, state: PartitionState): string[] {
    const digests = new Map<PartitionState, string>();
    const digest = (of: PartitionState): string => {
      const known = digests.get(of) ?? digestOf(of);
      digests.set(of, known);
      return known;
    };
    const found: string[] = [];
    for (const [process, folds] of this.#seen) {
      const fold = folds.get(partition);
      if (!process.isAlive || fold === undefined || fold.state.position !== state.position) continue;
      if (digest(fold.state) !== digest(state)) found.push(process.name);
    }
    return found;
  }
}
