import { freshness, type Freshness } from '@millrace/protocol';
import type { Command } from 'commander';
import { readApi } from '../api-pages.js';
import { listText, outputOption } from '../output/print.js';
import { showList, withWatch, type Listing, type Watched } from '../output/show-list.js';
import { apiUrlOf, withUrl, type ApiOptions } from './coordinates.js';

const headings = ['PARTITION', 'SHOWN', 'AS OF', 'OWNER', 'LAG', 'ACCEPTED', 'REJECTED', 'QUARANTINED'];

/** `millrace partition freshness`. */
export function addPartitionFreshness(partition: Command): void {
  withWatch(withUrl(partition.command('freshness')))
    .description('How far each partition is shown in the rows that reads answer from, and how far its owner is.')
    .addOption(outputOption())
    .action((options: ApiOptions & Watched) => showList(options, () => read(options)));
}

async function read(options: ApiOptions & Watched): Promise<Listing> {
  const page: Freshness = await readApi(apiUrlOf(options), 'freshness', freshness);
  const cells = (each: Freshness['partitions'][number]): string[] => [
    ...[String(each.partition), each.offset, each.at, each.ownerOffset ?? '-', each.lag ?? '-'],
    ...[each.accepted, each.rejected, each.quarantined],
  ];
  return { text: listText(options.output, page.partitions, headings, cells, 'Nothing is shown yet.', page) };
}
