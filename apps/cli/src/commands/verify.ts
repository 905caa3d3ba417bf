import type { Command } from 'commander';
import { exitCodes } from '../output/exit-codes.js';
import { outputOption, printOne, tableOf, type Format } from '../output/print.js';
import { Progress } from '../output/progress.js';
import { shownText } from '../output/shown-text.js';
import { verifySystem, type SystemReport } from '../verify/verify-system.js';
import { count } from './arguments.js';
import { brokersOf, databaseUrlOf, prefixOf, withKafka, type KafkaOptions } from './coordinates.js';

interface VerifyCommandOptions extends KafkaOptions {
  readonly partition?: number;
  readonly output: Format;
}

const headings = [
  ...['PARTITION', 'OFFSET', 'ENTRIES', 'ACCEPTED', 'REJECTED', 'QUARANTINED', 'RUNS', 'ATTEMPTS'],
  ...['FOLD', 'PROJECTION', 'SNAPSHOTS', 'STATE'],
];
/** Digits of a digest in the table. */
const digits = 12;
/** Differences that the table is followed by; JSON holds all. */
const toldMax = 10;

/** `millrace verify`. */
export function addVerify(command: Command): void {
  withKafka(command)
    .option('--partition <n>', 'only this log partition', count(0, 65_535))
    .addOption(outputOption(['table', 'json']))
    .action(async (options: VerifyCommandOptions) => {
      const { partition, output } = options;
      const where = { brokers: brokersOf(options), prefix: prefixOf(options), databaseUrl: databaseUrlOf() };
      const progress = new Progress('Folds the log', 'records');
      const onRead = (records: number, total: number): void => progress.at(records, total);
      const only = partition === undefined ? {} : { partition };
      const report = await verifySystem({ ...where, ...only, onRead }).finally(() => progress.end());
      printOne(output, report, output === 'table' ? linesOf(report) : []);
      if (!report.isProved) process.exitCode = exitCodes.failed;
    });
}

/** For people: a row a partition, then what differs. */
export function linesOf({ partitions, differences, isProved }: SystemReport): string[] {
  const rows = partitions.map((each) => [
    String(each.partition), String(each.offset), String(each.entries), String(each.accepted), String(each.rejected), String(each.quarantined),
    String(each.runs), String(each.attempts), each.fold?.slice(0, digits) ?? '-', each.projection?.slice(0, digits) ?? '-',
    `${each.snapshots.filter(({ isEqual }) => isEqual).length} of ${each.snapshots.length}`,
    each.differences.length + each.violations.length === 0 ? 'proved' : 'differs',
  ]); // prettier-ignore
  const told = [...partitions.flatMap((each) => [...each.differences, ...each.violations]), ...differences];
  const lines = told.slice(0, toldMax).map(({ rule, sentence }) => `${rule}: ${shownText(sentence, 1_000)}`);
  if (told.length > toldMax) lines.push(`... and ${told.length - toldMax} more: -o json tells them.`);
  const notes = partitions.flatMap(({ partition, notes }) => notes.map((note) => `Partition ${partition}: ${note}`));
  const end = isProved ? 'Everything is as the log tells it.' : `${told.length} differences.`;
  return [tableOf(headings, rows), '', ...notes, ...lines, end];
}
