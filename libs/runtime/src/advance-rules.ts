import type { RulesAdvanced } from '@millrace/domain';
import { FrameWriter } from './frame-writer.js';
import type { Clock, Journal, RecordWriter } from './ports.js';

export interface AdvanceRulesOptions {
  readonly writer: RecordWriter;
  /** The log. */
  readonly topic: string;
  readonly partitions: readonly number[];
  /** One more than the rules in force there. */
  readonly rules: number;
  /** Id of the command, unique for ever. */
  readonly command: string;
  readonly clock: Clock;
  readonly journal: Journal;
  /** How long each append is tried, in milliseconds. Default 30,000. */
  readonly giveUpMs?: number;
  /** Told after each partition that has it, with how many have. */
  readonly told?: (have: number) => void;
}

const giveUpMsDefault = 30_000;

/**
 * Says to each of these partitions that its rules rise. Whoever asks has seen that every reader knows them: one that does not
 * halts. Harmless twice: where the rules have risen before it takes no effect. Rejects with `LogUnavailable` where an append
 * was given up, when all others are over; asked again, it finishes.
 */
export async function advanceRules(options: AdvanceRulesOptions): Promise<void> {
  const { partitions, rules, command, giveUpMs = giveUpMsDefault, told } = options;
  const item: RulesAdvanced = { type: 'RulesAdvanced', rules, command };
  let have = 0;
  const results = await Promise.allSettled(
    partitions.map(async (partition) => {
      await new FrameWriter({ ...options, partition, by: command, giveUpMs }).append([item], 'reject');
      told?.(++have);
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
