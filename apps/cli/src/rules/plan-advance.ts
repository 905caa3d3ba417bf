import type { RulesView } from '@millrace/protocol';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';

/** What an advance would do. */
export interface AdvancePlan {
  readonly rules: number;
  /** Those that are not under them yet. */
  readonly partitions: readonly number[];
}

/**
 * The next rules and the partitions that wait for them, of `count` that the log has. Throws `CommandFailed` (conflict) where a
 * service that was heard lately does not know them, nobody says which rules are in force somewhere, or there are none.
 */
export function planAdvance({ advanceTo, detail, partitions, stale }: RulesView, count: number): AdvancePlan {
  if (stale)
    throw new CommandFailed(
      'Expected to hear all services, but Kafka does not answer to query: nobody knows who is there.',
      exitCodes.unavailable,
    );
  if (advanceTo === null) throw new CommandFailed(`Nothing can be raised. ${detail}`, exitCodes.conflict);
  const told = new Set(partitions.map(({ partition }) => partition));
  const silent = Array.from({ length: count }, (_, partition) => partition).filter((each) => !told.has(each));
  if (silent.length > 0)
    throw new CommandFailed(
      `Expected an owner to say which rules are in force in each of ${count} partitions, but nobody does of ${silent.join(', ')}. ` +
        'See millrace partition list; halted ones must go on first.',
      exitCodes.conflict,
    );
  const behind = partitions.filter(({ rules }) => rules === advanceTo - 1).map(({ partition }) => partition);
  return { rules: advanceTo, partitions: behind };
}
