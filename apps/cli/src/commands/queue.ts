import type { QueueView } from '@millrace/protocol';
import type { Command } from 'commander';
import { formatDuration } from '../output/duration.js';
import { listText, outputOption } from '../output/print.js';
import { showList, withWatch, type Listing, type Watched } from '../output/show-list.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

const headings = ['QUEUE', 'BAND', 'WAITING', 'OLDEST', 'DISPATCHED', 'RUNNING', 'WORKERS'];

export function addQueue(queue: Command): void {
  withWatch(withUrl(queue.command('list')))
    .description('What waits by queue and band and for how long, what is in flight, and how many workers serve it.')
    .addOption(outputOption())
    .action((options: ApiOptions & Watched) => showList(options, () => read(options)));
}

async function read(options: ApiOptions & Watched): Promise<Listing> {
  const page = await clientOf(options).queues();
  const rows = page.queues.flatMap((each) => queueRows(each, Date.now()));
  const text =
    options.output === 'jsonl'
      ? listText(options.output, page.queues, [], () => [], '')
      : listText(options.output, rows, headings, (row) => row, 'No queue is known.', page);
  return { text, remark: page.stale ? `Kafka does not answer: this is as of ${page.readAt ?? 'never'}.` : undefined };
}

/** A row for each band in which there is anything; one where there is nothing at all. */
export function queueRows({ queue, workers, bands }: QueueView, now: number): string[][] {
  const busy = bands.filter(({ waiting, dispatched, running }) => waiting + dispatched + running > 0);
  if (busy.length === 0) return [[queue, '-', '0', '-', '0', '0', String(workers)]];
  return busy.map(({ band, waiting, oldestAt, dispatched, running }) => [
    queue,
    band,
    String(waiting),
    oldestAt === null ? '-' : formatDuration(Math.max(0, now - Date.parse(oldestAt))),
    String(dispatched),
    String(running),
    String(workers),
  ]);
}
