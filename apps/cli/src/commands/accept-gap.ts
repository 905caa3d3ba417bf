import type { Command } from 'commander';
import { outputOption, printOne, type Format } from '../output/print.js';
import { acceptGap, type GapAnswer } from '../partition/accept-gap.js';
import { count } from './arguments.js';
import { brokersOf, prefixOf, withKafka, type KafkaOptions } from './coordinates.js';

interface AcceptGapOptions extends KafkaOptions {
  readonly from: number;
  readonly dryRun?: true;
  readonly output: Format;
}

/** `millrace partition accept-gap`. */
export function addAcceptGap(partition: Command): void {
  withKafka(partition.command('accept-gap'))
    .description('Says that the records missing from an offset on are lost for good: what halted there goes on.')
    .argument('<partition>', 'log partition', count(0, 65_535))
    .requiredOption('--from <offset>', 'the first missing offset', count(0, Number.MAX_SAFE_INTEGER))
    .option('--dry-run', 'only says what is missing')
    .addOption(outputOption())
    .action(async (number: number, options: AcceptGapOptions) => {
      const { from, dryRun: isDryRun = false, output } = options;
      const where = { brokers: brokersOf(options), prefix: prefixOf(options), partition: number };
      const answer = await acceptGap({ ...where, from, isDryRun });
      printOne(output, answer, [sentenceOf(answer)]);
    });
}

function sentenceOf({ partition, from, to, accepted }: GapAnswer): string {
  const gap = `records ${from} to ${to - 1} of log partition ${partition}`;
  if (accepted === 'dry-run') return `Missing: ${gap}. Nothing was written.`;
  return `Accepted as lost${accepted === 'before' ? ' before' : ''}: ${gap}. What halted there goes on within seconds.`;
}
