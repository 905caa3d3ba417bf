import { rulesKnown } from '@millrace/protocol';
import type { PartitionState } from '@millrace/domain';
import type { SimProcess } from '../world/sim-process.ts';
import type { Standings } from './standing.ts';
import type { WoundedLogs } from '../oracles/wounded-logs.ts';

/** The rules of the newer code: no others than those of today, but whoever does not know them cannot know that. */
export const newerRules = rulesKnown + 1;

/** Which seats run the newer code, and whether it is on its way at all. */
export class Deploy {
  readonly #newer = new Set<string>();
  readonly #known = new WeakMap<SimProcess, number>();
  /** The rules that are asked for, and come into force everywhere. */
  isBegun = false;

  /** The highest rules that the code in this process knows: that which its seat was given when this was asked first. */
  knows(process: SimProcess): number {
    const known = this.#known.get(process) ?? (this.#newer.has(process.name) ? newerRules : rulesKnown);
    this.#known.set(process, known);
    return known;
  }

  /** The next process of that seat runs that code. */
  put(seat: string, isNewer: boolean): void {
    if (isNewer) this.#newer.add(seat);
    else this.#newer.delete(seat);
  }

  /** Why it has not come to its end; empty where it has, or never began. */
  unsettled(states: readonly PartitionState[], wounded: WoundedLogs, standings: Standings): string[] {
    const rulesAtEnd = this.isBegun ? newerRules : rulesKnown;
    return states.flatMap(({ rules }, partition) => {
      if (wounded.has(partition)) return [];
      const behind = rules === rulesAtEnd ? [] : [`partition ${partition} is under rules ${rules} of ${rulesAtEnd}`];
      const halted = standings.living.flatMap((one) => {
        const { fault } = one.of(partition);
        return fault === undefined ? [] : [`${one.process.name} has halted partition ${partition}: ${fault.message}`];
      });
      return [...behind, ...halted];
    });
  }
}
