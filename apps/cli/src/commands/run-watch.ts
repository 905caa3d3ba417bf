import type { RunDetail } from '@millrace/protocol';
import type { Command } from 'commander';
import { dagPage } from '../output/dag/dag-page.js';
import { exitCodes } from '../output/exit-codes.js';
import { write } from '../output/print.js';
import { paintStatus, runLines } from '../output/run-lines.js';
import { runTook } from '../output/run-page.js';
import { columnsOf, terminalOn, type Terminal } from '../output/terminal.js';
import { definitionOfRun } from '../run-dag.js';
import { watchRun, type Draw } from '../up/watch-run.js';
import { apiUrlOf, clientOf, withUrl, type ApiOptions } from './coordinates.js';

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
    const draw = await drawing(apiUrlOf(options), await client.getRun(id), terminal);
    const { run } = await watchRun(client, id, terminal, new AbortController().signal, draw);
    return judge(run.status);
  }
  for await (const event of client.tailRun(id, lastEventId === undefined ? {} : { lastEventId })) {
    write(JSON.stringify(event));
    if (event.kind === 'run') judge(event.run.status);
  }
}

/** Its DAG as it moves, where that fits on the screen; else its task runs, or how many are in which state. */
async function drawing(apiUrl: string, first: RunDetail, terminal: Terminal): Promise<Draw> {
  const definition = first.tasksNext === null ? await definitionOfRun(apiUrl, first) : undefined;
  return (detail) => {
    const now = Date.now();
    const { run, tasks } = detail;
    const head = `${terminal.bold(run.workflow ?? run.id)}  ${paintStatus(terminal, run.status)}  ${runTook(run, now)}`;
    const { rows = 24 } = process.stdout;
    if (typeof definition === 'object') {
      const { lines } = dagPage(terminal, run, tasks, definition, columnsOf(process.stdout), now);
      if (lines.length + 2 < rows) return [head, ...lines];
    }
    return [head, ...runLines(terminal, detail, now)].slice(0, rows - 1);
  };
}

function judge(status: string): void {
  if (status !== 'running' && status !== 'succeeded') process.exitCode = exitCodes.runFailed;
}
