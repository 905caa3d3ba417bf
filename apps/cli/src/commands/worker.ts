import type { WorkerView } from '@millrace/protocol';
import type { Command } from 'commander';
import { formatDuration } from '../output/duration.js';
import { outputOption, printList, type Format } from '../output/print.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

export function addWorker(program: Command): void {
  const worker = program.command('worker').description('The workers that are alive.');
  withUrl(worker.command('list'))
    .description('Workers that were heard lately, with what they serve.')
    .addOption(outputOption())
    .action(async (options: ApiOptions & { readonly output: Format }) => {
      const page = await clientOf(options).workers();
      const headings = ['WORKER', 'BUSY', 'SLOTS', 'QUEUES', 'HEARD', 'HANDLERS'];
      printList(options.output, page.workers, headings, cells, 'No worker was heard lately.', page);
      if (page.stale) process.stderr.write(`Kafka does not answer: this is as of ${page.readAt ?? 'never'}.\n`);
    });
}

const namesMax = 3;

function cells({ id, busy, slots, queues, seenAt, handlers, leaving }: WorkerView): string[] {
  return [
    leaving ? `${id} (leaving)` : id,
    String(busy),
    String(slots),
    Object.entries(queues)
      .map(([queue, partitions]) => `${queue} (${partitions.length})`)
      .join(', '),
    `${formatDuration(Math.max(0, Date.now() - Date.parse(seenAt)))} ago`,
    shortList(handlers),
  ];
}

/** The first of them; JSON has all. */
function shortList(names: readonly string[]): string {
  const rest = names.length - namesMax;
  return names.slice(0, namesMax).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
