import { partitionList, type PartitionView } from '@millrace/protocol';
import type { Command } from 'commander';
import { readApi } from '../api-pages.js';
import { listText, outputOption } from '../output/print.js';
import { showList, withWatch, type Listing, type Watched } from '../output/show-list.js';
import { shownText } from '../output/shown-text.js';
import { addAcceptGap } from './accept-gap.js';
import { addPartitionFreshness } from './partition-freshness.js';
import { apiUrlOf, withUrl, type ApiOptions } from './coordinates.js';

const headings = [
  ...['PARTITION', 'LOG', 'OWNER', 'EPOCH', 'FOLDED', 'LAG', 'SHOWN', 'LAG'],
  ...['ACCEPTED', 'REJECTED', 'QUARANTINED', 'WAITING', 'KEYS', 'STATE'],
];

export function addPartition(partition: Command): void {
  withWatch(withUrl(partition.command('list')))
    .description('Offsets, owner, how far each is folded and shown, accounts, and what has halted.')
    .addOption(outputOption())
    .action((options: ListOptions) => showList(options, () => read(options)));
  addPartitionFreshness(partition);
  addAcceptGap(partition);
}

type ListOptions = ApiOptions & Watched;

async function read(options: ListOptions): Promise<Listing> {
  const page = await readApi(apiUrlOf(options), 'partitions', partitionList);
  const { partitions } = page;
  const list = listText(options.output, partitions, headings, partitionCells, 'No partition is known.', page);
  const halts = partitions.flatMap(({ partition, halted }) =>
    halted.map(({ service, fault }) => `\nPartition ${partition} has halted in ${service}: ${shownText(fault, 500)}`),
  );
  const text = options.output === 'table' ? [list, ...halts].join('\n') : list;
  return {
    text,
    remark: page.stale ? `Kafka does not answer: owners are as of ${page.readAt ?? 'never'}.` : undefined,
  };
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
