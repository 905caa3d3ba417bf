import { bandNames, type BandName } from '@millrace/domain';
import { submitTask } from '@millrace/protocol';
import { Option, type Command } from 'commander';
import { jsonInput } from '../json-input.js';
import { outputOption, printOne, type Format } from '../output/print.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';
import { tellRequest, withDryRun, type Dry } from './dry-run.js';
import { withWait } from './run.js';
import { keyOf, withKey, type Keyed } from './key.js';
import { timesOf, withTimes, type Times } from './times.js';
import { waitAndPrint } from './wait.js';

interface TaskOptions extends ApiOptions, Times, Keyed, Dry {
  readonly input?: string;
  readonly queue?: string;
  readonly band?: BandName;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly output: Format;
}

export function addTask(task: Command): void {
  withDryRun(withKey(withTimes(withWait(withUrl(task.command('submit <handler>'))))))
    .description('Runs a handler once.')
    .option('--input <json>', 'JSON, or @file')
    .option('--queue <name>')
    .addOption(new Option('--band <name>', 'how urgent it is').choices(Object.keys(bandNames)))
    .addOption(outputOption(['table', 'json']))
    .action(submit);
}

async function submit(handler: string, options: TaskOptions): Promise<void> {
  const input = jsonInput(options.input);
  const { queue, band } = options;
  const request = {
    handler,
    ...(queue === undefined ? {} : { queue }),
    ...(band === undefined ? {} : { band }),
    ...(input === undefined ? {} : { input }),
    ...timesOf(options),
    ...keyOf(options),
  };
  if (options.dryRun === true) return tellRequest(options.output, '/v1/tasks', submitTask, request);
  const client = clientOf(options);
  const submitted = await client.submitTask(request);
  if (options.wait === true) return waitAndPrint(client, submitted.run, options.output, options.timeout);
  printOne(options.output, submitted, [submitted.run]);
}
