import { MillraceError, type MillraceClient } from '@millrace/client';
import type { CommandAnswer, RunView } from '@millrace/protocol';
import type { Command } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { outputOption, printOne, type Format } from '../output/print.js';
import { withDryRun, type Dry } from './dry-run.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface CommandOptions extends ApiOptions, Dry {
  readonly output: Format;
  readonly reason?: string;
}
type Send = (client: MillraceClient, id: string, reason?: string) => Promise<CommandAnswer>;

/** `millrace run cancel|pause|resume`: each may be repeated. Exit code 3: no such run; 5: it had ended otherwise. */
export function addRunCommands(run: Command): void {
  add(run, 'cancel', 'Cancels a run and everything in it that has not ended.', (client, id, reason) =>
    client.cancelRun(id, reason),
  );
  add(run, 'pause', 'Dispatches nothing more of a run; what runs goes on, and so do deadlines.', (client, id, reason) =>
    client.pauseRun(id, reason),
  );
  add(run, 'resume', 'Lets a paused run go on.', (client, id, reason) => client.resumeRun(id, reason));
}

function add(run: Command, verb: string, description: string, send: Send): void {
  withDryRun(withUrl(run.command(`${verb} <id>`)), 'says how the run stands; sends nothing')
    .description(description)
    .option('--reason <text>')
    .addOption(outputOption(['table', 'json']))
    .action(async (id: string, options: CommandOptions) => {
      const client = clientOf(options);
      if (options.dryRun === true) return tellRun(client, id, verb, options.output);
      const sent = await send(client, id, options.reason);
      const shown = await whatBecame(client, sent);
      if (shown === undefined) {
        return printOne(options.output, sent, [`${askedTo(verb, sent)} See it: npx millrace run show ${id}`]);
      }
      const { status, pausedAt } = shown;
      const isDone = status === 'running' || status === 'cancelled';
      printOne(options.output, { ...sent, status, pausedAt }, isDone ? [sentenceOf(id, shown)] : []);
      if (isDone) return;
      throw new CommandFailed(`Expected a run that goes on, but ${id} had ended: ${status}.`, exitCodes.conflict);
    });
}

/** Whether a run is there and goes on, without a command. */
export async function tellRun(client: MillraceClient, id: string, what: string, format: Format): Promise<void> {
  const { run } = await client.getRun(id);
  if (run.status !== 'running') {
    throw new CommandFailed(`Expected a run that goes on, but ${id} had ended: ${run.status}.`, exitCodes.conflict);
  }
  const { status, pausedAt } = run;
  const line = `Nothing was sent. It would ask to ${what} ${id}. ${sentenceOf(id, run)}`;
  printOne(format, { dryRun: true, run: id, status, pausedAt }, [line]);
}

/** What is known of a command where reads do not answer. */
export function askedTo(what: string, { run, verdict }: CommandAnswer): string {
  if (verdict === 'accepted') return `The log took the request to ${what} ${run}.`;
  if (verdict === 'unchanged') return `There was nothing to change to ${what} ${run}.`;
  return `Asked to ${what} ${run}, but nobody said in time what became of that.`;
}

/** The run once the command is shown; undefined where reads do not answer now. Throws where there is no such run. */
export async function whatBecame(
  client: MillraceClient,
  { run, position }: CommandAnswer,
): Promise<RunView | undefined> {
  try {
    return (await client.getRun(run, position)).run;
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'run-unknown') throw error;
    return undefined;
  }
}

function sentenceOf(id: string, { status, pausedAt }: RunView): string {
  if (status !== 'running') return `Run ${id} is ${status}.`;
  return pausedAt === null ? `Run ${id} goes on.` : `Run ${id} is paused since ${pausedAt}.`;
}
