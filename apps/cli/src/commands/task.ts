import { bandNames, type BandName } from '@millrace/domain';
import { Option, type Command } from 'commander';
import { jsonInput } from '../json-input.js';
import { outputOption, printOne, type Format } from '../output/print.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';
import { withWait } from './run.js';
import { keyOf, withKey, type Keyed } from './key.js';
import { timesOf, withTimes, type Times } from './times.js';
import { waitAndPrint } from './wait.js';

interface TaskOptions extends ApiOptions, Times, Keyed {
  readonly input?: string;
  readonly queue?: string;
  readonly band?: BandName;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly output: Format;
}

export function addTask(task: Command): void {
  withKey(withTimes(withWait(withUrl(task.command('submit <handler>')))))
    .description('Runs a handler once.')
    .option('--input <json>', 'JSON, or @file')
    .option('--queue <name>')
    .addOption(new Option('--band <name>', 'how urgent it is').choices(Object.keys(bandNames)))
    .addOption(outputOption(['table', 'json']))
    .action(submit);
}

async function submit(handler: string, options: TaskOptions): Promise<void> {
  const client = clientOf(options);
  const input = jsonInput(options.input);
  const { queue, band } = options;
  const submitted = await client.submitTask({
    handler,
    ...(queue === undefined ? {} : { queue }),
    ...(band === undefined ? {} : { band }),
    ...(input === undefined ? {} : { input }),
    ...timesOf(options),
    ...keyOf(options),
  });
  if (options.wait === true) return waitAndPrint(client, submitted.run, options.output, options.timeout);
  printOne(options.output, submitted, [submitted.run]);
}
