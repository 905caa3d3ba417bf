import { MillraceError, type MillraceClient } from '@millrace/client';
import type { WorkerView } from '@millrace/protocol';
import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { formatDuration } from '../output/duration.js';
import { listText, outputOption, printOne, type Format } from '../output/print.js';
import { showList, withWatch, type Listing, type Watched } from '../output/show-list.js';
import { count } from './arguments.js';
import type { Dry } from './dry-run.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';
import { waitSecondsMax } from './wait.js';

export function addWorker(worker: Command): void {
  withWatch(withUrl(worker.command('list')))
    .description('Workers that were heard lately, with what they serve.')
    .addOption(outputOption())
    .action((options: ApiOptions & Watched) => showList(options, () => read(options)));
  withUrl(worker.command('drain <worker>'))
    .description(
      'Let a worker take nothing new, hand back what waits and finish what runs. It stays, and can be stopped without a loss.',
    )
    .option('--dry-run', 'says what it holds; sends nothing')
    .option('--wait', 'until it drains and holds nothing', false)
    .option('--timeout <seconds>', 'with --wait: give up after this long', count(1, waitSecondsMax), 60)
    .addOption(outputOption())
    .action(async (id: string, options: DrainOptions) => {
      const client = clientOf(options);
      if (options.dryRun === true) return tellWorker(client, id, options.output);
      await client.drainWorker(id);
      if (!options.wait) return printOne(options.output, { worker: id }, [`Worker ${id} was told to drain.`]);
      const drained = await whenDrained(client, id, options.timeout);
      printOne(options.output, { worker: id, drained: true, gone: drained === undefined }, [
        `Worker ${id} holds nothing.`,
      ]);
    });
}

async function read(options: ApiOptions & Watched): Promise<Listing> {
  const page = await clientOf(options).workers();
  const headings = ['WORKER', 'BUSY', 'SLOTS', 'HELD', 'QUEUES', 'HEARD', 'HANDLERS'];
  const text = listText(options.output, page.workers, headings, cells, 'No worker was heard lately.', page);
  return { text, remark: page.stale ? `Kafka does not answer: this is as of ${page.readAt ?? 'never'}.` : undefined };
}

type DrainOptions = ApiOptions & Dry & { readonly output: Format; readonly wait: boolean; readonly timeout: number };

/** What a worker holds, without telling it anything. */
async function tellWorker(client: MillraceClient, id: string, format: Format): Promise<void> {
  const found = (await client.workers()).workers.find((worker) => worker.id === id);
  if (found === undefined) {
    throw new CommandFailed(
      `Expected worker ${id} to be heard lately, but it was not: see worker list.`,
      exitCodes.notFound,
    );
  }
  const line = `Nothing was sent. It would tell ${id} to drain, which holds ${found.held} deliveries.`;
  printOne(format, { dryRun: true, worker: id, held: found.held, draining: found.draining }, [line]);
}

const pollMs = 500;

/** The worker once it drains and holds nothing; undefined where it is gone. Throws `MillraceError` with code `wait-over`. */
async function whenDrained(
  client: MillraceClient,
  id: string,
  timeoutSeconds: number,
): Promise<WorkerView | undefined> {
  const until = performance.now() + timeoutSeconds * 1_000;
  for (;;) {
    const { workers, stale } = await client.workers();
    const seen = workers.find((each) => each.id === id);
    if (!stale && (seen === undefined || (seen.draining && seen.held === 0))) return seen;
    if (performance.now() > until) {
      const detail = `Expected worker ${id} to hold nothing within ${timeoutSeconds} s, but it holds ${seen?.held ?? 0}.`;
      throw new MillraceError({ code: 'wait-over', status: 0, detail });
    }
    await sleep(pollMs);
  }
}

const namesMax = 3;

function cells(worker: WorkerView): string[] {
  const { id, busy, slots, held, queues, seenAt, handlers } = worker;
  return [
    `${id}${stateOf(worker)}`,
    String(busy),
    String(slots),
    String(held),
    Object.entries(queues)
      .map(([queue, partitions]) => `${queue} (${partitions.length})`)
      .join(', '),
    `${formatDuration(Math.max(0, Date.now() - Date.parse(seenAt)))} ago`,
    shortList(handlers),
  ];
}

function stateOf({ leaving, draining, blockedMs }: WorkerView): string {
  if (leaving) return ' (leaving)';
  if (blockedMs !== null) return ` (blocked for ${formatDuration(blockedMs)})`;
  return draining ? ' (draining)' : '';
}

/** The first of them; JSON has all. */
function shortList(names: readonly string[]): string {
  const rest = names.length - namesMax;
  return names.slice(0, namesMax).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
