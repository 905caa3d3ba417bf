import { KafkaRecordReader } from '@millrace/kafka';
import { topicsOf, type QuarantineList } from '@millrace/protocol';
import { OffsetOutOfRange, TopicMissing } from '@millrace/runtime';
import type { Command } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { outputOption, printList, printOne, type Format } from '../output/print.js';
import { shownText } from '../output/shown-text.js';
import { hexLines, quarantinedItem, type QuarantinedItem } from '../quarantined-item.js';
import { kafkaOf } from '../topics/apply-topics.js';
import { count } from './arguments.js';
import {
  brokersOf,
  clientOf,
  prefixOf,
  withKafka,
  withUrl,
  type ApiOptions,
  type KafkaOptions,
} from './coordinates.js';
import { sortOption } from './sort.js';

interface ListOptions extends ApiOptions {
  readonly partition?: number;
  readonly cause?: string;
  readonly limit: number;
  readonly sort: 'partition' | '-partition';
  readonly output: Format;
}

interface ShowOptions extends KafkaOptions {
  readonly bytes: number;
  readonly output: Format;
}

type Quarantined = QuarantineList['quarantine'][number];

const pageMax = 200;
const waitMsMax = 5_000;

export function addQuarantine(quarantine: Command): void {
  withUrl(quarantine.command('list'))
    .description('Where they lie and why, by partition and offset.')
    .option('--partition <n>', 'one log partition; default all', count(0, 65_535))
    .option('--cause <cause>', 'such as bad-field, unknown-kind, crc-mismatch; default all')
    .option('--limit <n>', 'items at most', count(1, 100_000), 200)
    .addOption(sortOption('partition', '-partition'))
    .addOption(outputOption())
    .action(list);
  withKafka(quarantine.command('show <address>'))
    .description('The bytes at partition:offset:index, straight from Kafka.')
    .option('--bytes <n>', 'bytes shown at most', count(1, 1_048_576), 512)
    .addOption(outputOption(['table', 'json']))
    .action(show);
}

async function list({ partition, cause, limit, sort, output, ...api }: ListOptions): Promise<void> {
  const client = clientOf(api);
  const found: Quarantined[] = [];
  let cursor: string | undefined;
  do {
    const most = Math.min(pageMax, limit - found.length);
    const page: QuarantineList = await client.listQuarantine({ partition, cause, sort, cursor, limit: most });
    found.push(...page.quarantine);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && found.length < limit);
  printList(output, found, ['ADDRESS', 'CAUSE', 'DETAIL'], cells, 'Nothing is quarantined.');
  if (cursor !== undefined)
    process.stderr.write(`There are more than ${limit}: see --limit, --partition and --cause.\n`);
}

function cells({ partition, offset, index, cause, detail }: Quarantined): string[] {
  return [`${partition}:${offset}:${index}`, shownText(cause), shownText(detail)];
}

async function show(address: string, { bytes, output, ...kafka }: ShowOptions): Promise<void> {
  const [, partition, offset, index] = /^(\d{1,5}):(\d{1,15}):(\d{1,6})$/.exec(address) ?? [];
  if (partition === undefined) {
    throw new CommandFailed(`Expected partition:offset:index, but got "${shownText(address)}".`, exitCodes.usage);
  }
  const reader = new KafkaRecordReader(kafkaOf(brokersOf(kafka)));
  try {
    const at = { topic: topicsOf(prefixOf(kafka)).log, partition: Number(partition), offset: Number(offset) };
    const record = await recordAt(reader, at);
    const item = record === undefined ? undefined : quarantinedItem(at.partition, Number(index), record, bytes);
    if (item === undefined) {
      const found = record === undefined ? 'no record is there' : 'what is there is an event, or no item at all';
      throw new CommandFailed(`Expected quarantined bytes at ${address}, but ${found}.`, exitCodes.notFound);
    }
    printOne(output, item, itemPage(item));
  } finally {
    await reader.close();
  }
}

async function recordAt(
  reader: KafkaRecordReader,
  position: { readonly topic: string; readonly partition: number; readonly offset: number },
) {
  try {
    const { start, end } = await reader.bounds(position.topic, position.partition);
    if (position.offset < start || position.offset >= end) return undefined;
    const [fetched] = await reader.fetch([position], waitMsMax);
    return fetched?.records.find(({ offset }) => offset === position.offset);
  } catch (error) {
    if (error instanceof OffsetOutOfRange || error instanceof TopicMissing) return undefined;
    throw error;
  }
}

function itemPage({ address, at, cause, detail, bytes, whole, base64 }: QuarantinedItem): string[] {
  const shown = Buffer.from(base64, 'base64');
  return [
    `${address}  ${at}  ${shownText(cause)}`,
    shownText(detail),
    '',
    ...hexLines(shown),
    `${bytes} bytes of the ${whole}${shown.length < bytes ? `, the first ${shown.length} shown: see --bytes` : ''}`,
  ];
}
