import type { Command } from 'commander';
import { exitCodes } from '../output/exit-codes.js';
import { write } from '../output/print.js';
import { terminalOn } from '../output/terminal.js';
import { watchRun } from '../up/watch-run.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface WatchOptions extends ApiOptions {
  readonly lastEventId?: string;
}

/** `millrace run watch <id>`. */
export function addRunWatch(run: Command): void {
  withUrl(run.command('watch <id>'))
    .description(
      'Follows a run until it has ended: live on a terminal, elsewhere a JSON event a line. Exit code 7 where it did not succeed.',
    )
    .option('--last-event-id <id>', 'go on behind this event; not on a terminal')
    .action(watch);
}

async function watch(id: string, { lastEventId, ...options }: WatchOptions): Promise<void> {
  const client = clientOf(options);
  const terminal = terminalOn(process.stdout);
  if (terminal.isLive) {
    await client.getRun(id);
    const { run } = await watchRun(client, id, terminal, new AbortController().signal);
    return judge(run.status);
  }
  for await (const event of client.tailRun(id, lastEventId === undefined ? {} : { lastEventId })) {
    write(JSON.stringify(event));
    if (event.kind === 'run') judge(event.run.status);
  }
}

function judge(status: string): void {
  if (status !== 'running' && status !== 'succeeded') process.exitCode = exitCodes.runFailed;
}
