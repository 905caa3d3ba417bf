import { KafkaRecordReader } from '@millrace/kafka';
import { isRunId, partitionOfRun } from '@millrace/domain';
import { topicsOf } from '@millrace/protocol';
import type { Command } from 'commander';
import { logItemsOf, namesRun, type LogItem } from '../log-items.js';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { outputOption, write, type Format } from '../output/print.js';
import { cutTo, terminalOn } from '../output/terminal.js';
import { readLog, type LogRange } from '../read-log.js';
import { kafkaOf } from '../topics/apply-topics.js';
import { count } from './arguments.js';
import { brokersOf, prefixOf, withKafka, type KafkaOptions } from './coordinates.js';

interface TailOptions extends KafkaOptions {
  readonly partition?: number;
  readonly from?: number;
  readonly limit: number;
  readonly run?: string;
  readonly output: Format;
}

export function addLog(log: Command): void {
  withKafka(log.command('tail'))
    .description(
      'The last items of the log, decoded, straight from Kafka; with --from or --run the first ones from there.',
    )
    .option('--partition <n>', 'one log partition; default all', count(0, 65_535))
    .option('--from <offset>', 'begin at this offset', count(0, Number.MAX_SAFE_INTEGER))
    .option('--limit <n>', 'items at most', count(1, 100_000), 20)
    .option('--run <id>', 'only items that name this run')
    .addOption(outputOption())
    .action(tail);
}

async function tail(options: TailOptions): Promise<void> {
  const topic = topicsOf(prefixOf(options)).log;
  const reader = new KafkaRecordReader(kafkaOf(brokersOf(options)));
  try {
    const items: LogItem[] = [];
    for await (const { partition, record } of readLog(reader, topic, rangeOf(options))) {
      const found = logItemsOf(partition, record).filter(
        (each) => options.run === undefined || namesRun(each, options.run),
      );
      items.push(...found);
      if (isForward(options) && items.length >= options.limit) break;
    }
    items.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
    print(isForward(options) ? items.slice(0, options.limit) : items.slice(-options.limit), options.output);
  } finally {
    await reader.close();
  }
}

function isForward({ from, run }: TailOptions): boolean {
  return from !== undefined || run !== undefined;
}

function rangeOf(options: TailOptions): LogRange {
  const { run, from, limit } = options;
  if (run !== undefined && !isRunId(run)) {
    throw new CommandFailed(`Expected a run id of 36 hex digits, but got "${run}".`, exitCodes.usage);
  }
  const partition = run === undefined ? options.partition : partitionOfRun(run);
  return { partition, ...(isForward(options) ? { from: from ?? 0 } : { last: limit }) };
}

function print(items: readonly LogItem[], format: Format): void {
  if (format === 'json') return write(JSON.stringify(items, null, 2));
  if (format === 'jsonl') return items.forEach((item) => write(JSON.stringify(item)));
  const terminal = terminalOn(process.stdout);
  const width = Math.max(...items.map(({ address }) => address.length), 8);
  for (const { address, at, item } of items) {
    const { type, ...rest } = item;
    const line = `${terminal.bold(address.padEnd(width))}  ${terminal.dim(at.slice(11, 23))}  ${type.padEnd(18)} ${terminal.dim(JSON.stringify(rest))}`;
    write(terminal.isLive ? cutTo(line, (process.stdout.columns ?? 80) - 1) : line);
  }
  if (items.length === 0) write('No such items.');
}
