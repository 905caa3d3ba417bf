import { partitionList, type PartitionView } from '@millrace/protocol';
import type { Command } from 'commander';
import { readApi } from '../api-pages.js';
import { outputOption, printList, type Format } from '../output/print.js';
import { shownText } from '../output/shown-text.js';
import { addAcceptGap } from './accept-gap.js';
import { apiUrlOf, withUrl, type ApiOptions } from './coordinates.js';

const headings = [
  ...['PARTITION', 'LOG', 'OWNER', 'EPOCH', 'FOLDED', 'LAG', 'SHOWN', 'LAG'],
  ...['ACCEPTED', 'REJECTED', 'QUARANTINED', 'WAITING', 'KEYS', 'STATE'],
];

export function addPartition(partition: Command): void {
  withUrl(partition.command('list'))
    .description('Offsets, owner, how far each is folded and shown, accounts, and what has halted.')
    .addOption(outputOption())
    .action(list);
  addAcceptGap(partition);
}

async function list(options: ApiOptions & { readonly output: Format }): Promise<void> {
  const page = await readApi(apiUrlOf(options), 'partitions', partitionList);
  printList(options.output, page.partitions, headings, partitionCells, 'No partition is known.', page);
  if (options.output === 'table') {
    for (const { partition, halted } of page.partitions) {
      for (const { service, fault } of halted) {
        process.stdout.write(`\nPartition ${partition} has halted in ${service}: ${shownText(fault, 500)}\n`);
      }
    }
  }
  if (page.stale) process.stderr.write(`Kafka does not answer: owners are as of ${page.readAt ?? 'never'}.\n`);
}

/** One row; `-` where nobody says. */
export function partitionCells({ partition, log, owner, projection, lag, halted }: PartitionView): string[] {
  return [
    String(partition),
    log === null ? '-' : `${log.start}..${log.end}`,
    owner?.dispatcher ?? '-',
    String(owner?.epoch ?? '-'),
    owner?.offset ?? '-',
    lag.owner ?? '-',
    projection?.offset ?? '-',
    lag.projection ?? '-',
    projection?.accepted ?? '-',
    projection?.rejected ?? owner?.rejected ?? '-',
    projection?.quarantined ?? owner?.quarantined ?? '-',
    String(owner?.waiting ?? '-'),
    String(owner?.keys ?? '-'),
    stateOf(halted.length, owner !== null),
  ];
}

function stateOf(halted: number, isOwned: boolean): string {
  if (halted > 0) return 'halted';
  return isOwned ? 'owned' : 'no owner';
}
