import type { QueueView } from '@millrace/protocol';
import type { Command } from 'commander';
import { formatDuration } from '../output/duration.js';
import { outputOption, printList, type Format } from '../output/print.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

const headings = ['QUEUE', 'BAND', 'WAITING', 'OLDEST', 'DISPATCHED', 'RUNNING', 'WORKERS'];

export function addQueue(queue: Command): void {
  withUrl(queue.command('list'))
    .description('What waits by queue and band and for how long, what is in flight, and how many workers serve it.')
    .addOption(outputOption())
    .action(async (options: ApiOptions & { readonly output: Format }) => {
      const page = await clientOf(options).queues();
      if (options.output === 'jsonl') printList(options.output, page.queues, [], () => [], '', page);
      else {
        const rows = page.queues.flatMap((each) => queueRows(each, Date.now()));
        printList(options.output, rows, headings, (row) => row, 'No queue is known.', page);
      }
      if (page.stale) process.stderr.write(`Kafka does not answer: this is as of ${page.readAt ?? 'never'}.\n`);
    });
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
