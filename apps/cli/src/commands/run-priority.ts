import { bandNames, type BandName } from '@millrace/domain';
import type { RunDetail, RunView } from '@millrace/protocol';
import { InvalidArgumentError, type Command } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { outputOption, printOne, type Format } from '../output/print.js';
import type { Dry } from './dry-run.js';
import { askedTo, tellRun, whatBecame } from './run-commands.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface PriorityOptions extends ApiOptions, Dry {
  readonly output: Format;
  readonly task?: string;
}

export function addRunPriority(run: Command): void {
  withUrl(run.command('priority <id>').argument('<band>', `${Object.keys(bandNames).join(', ')}, or 5 to 1`, bandOf))
    .description('Gives a run another band; what is dispatched already keeps its own.')
    .option('--dry-run', 'says how the run stands; sends nothing')
    .option('--task <task>', 'only this task, by its id or its number')
    .addOption(outputOption(['table', 'json']))
    .action(changePriority);
}

/** A band by its name or its number. Throws commander's error for anything else. */
export function bandOf(text: string): BandName {
  const byNumber = Object.entries(bandNames).find(([, number]) => String(number) === text)?.[0];
  if (byNumber !== undefined) return byNumber as BandName;
  if (Object.hasOwn(bandNames, text)) return text as BandName;
  const expected = `${Object.keys(bandNames).join(', ')}, or a number from 5 (critical) to 1 (background)`;
  throw new InvalidArgumentError(`Expected ${expected}, but got "${text}".`);
}

async function changePriority(id: string, band: BandName, options: PriorityOptions): Promise<void> {
  const client = clientOf(options);
  const task = options.task === undefined ? undefined : taskNamed(await client.getRun(id), options.task);
  if (options.dryRun === true) return tellRun(client, id, `make ${band} what waits of`, options.output);
  const asked = await client.setPriority(id, band, task === undefined ? {} : { task });
  const shown = await whatBecame(client, asked);
  if (shown === undefined) {
    return printOne(options.output, asked, [`${askedTo('change', asked)} See it: npx millrace run show ${id}`]);
  }
  printOne(
    options.output,
    asked,
    [`What of ${id} is not dispatched yet is ${band} now.`].filter(() => isOpen(shown)),
  );
  if (isOpen(shown)) return;
  throw new CommandFailed(`Expected a run that goes on, but ${id} had ended: ${shown.status}.`, exitCodes.conflict);
}

function isOpen({ status }: RunView): boolean {
  return status === 'running';
}

function taskNamed({ tasks, run }: RunDetail, name: string): number {
  const found = tasks.find(({ id }) => id === name)?.task;
  if (found !== undefined) return found;
  if (/^\d{1,7}$/.test(name) && Number(name) < run.taskCount) return Number(name);
  const all = run.taskCount > tasks.length ? `the first ${tasks.length} of its ${run.taskCount} tasks` : 'its tasks';
  const message = `Expected the id of one of ${all}, or a number below ${run.taskCount}, but got "${name}".`;
  throw new CommandFailed(message, exitCodes.notFound);
}
