import { submitRun, type RunView } from '@millrace/protocol';
import type { Command } from 'commander';
import { jsonInput } from '../json-input.js';
import { listText, outputOption, printOne, type Format } from '../output/print.js';
import { paintStatus } from '../output/run-lines.js';
import { runTook } from '../output/run-page.js';
import { showList, withWatch, type Listing, type Watched } from '../output/show-list.js';
import { terminalOn } from '../output/terminal.js';
import { count } from './arguments.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';
import { tellRequest, withDryRun, type Dry } from './dry-run.js';
import { keyOf, withKey, type Keyed } from './key.js';
import { addRunCommands } from './run-commands.js';
import { runFilter, withRunFilter, type RunFilter } from './run-filter.js';
import { addRunPriority } from './run-priority.js';
import { addRunShow } from './run-show.js';
import { addRunStream } from './run-stream.js';
import { addRunTasks } from './run-tasks.js';
import { addRunWatch } from './run-watch.js';
import { timesOf, withTimes, type Times } from './times.js';
import { waitAndPrint, waitSecondsMax } from './wait.js';

interface RunOptions extends ApiOptions {
  readonly output: Format;
}
interface SubmitOptions extends RunOptions, Times, Keyed, Dry {
  readonly input?: string;
  readonly version?: string;
  readonly wait?: boolean;
  readonly timeout: number;
}
interface ListOptions extends RunOptions, RunFilter, Watched {}

export function addRun(run: Command): void {
  withDryRun(withKey(withTimes(withWait(withUrl(run.command('submit <workflow>'))))))
    .description('Runs a registered workflow.')
    .option('--input <json>', 'JSON, or @file')
    .option('--version <hash>', 'default: the version registered last')
    .addOption(outputOption(['table', 'json']))
    .action(submit);
  addRunShow(run);
  withRunFilter(withWatch(withUrl(run.command('list'))))
    .description('Runs, newest first unless --sort says otherwise.')
    .option('--limit <n>', 'at most this many', count(1, 200), 20)
    .addOption(outputOption())
    .action((options: ListOptions) => showList(options, () => readRuns(options)));
  addRunCommands(run);
  addRunPriority(run);
  addRunStream(run);
  addRunTasks(run);
  addRunWatch(run);
  withUrl(run.command('wait <id>'))
    .description('Waits until a run has ended; the exit code is 7 where it did not succeed.')
    .option('--timeout <s>', 'seconds to wait at most', count(1, waitSecondsMax), waitSecondsMax)
    .addOption(outputOption(['table', 'json']))
    .action((id: string, options: RunOptions & { readonly timeout: number }) =>
      waitAndPrint(clientOf(options), id, options.output, options.timeout),
    );
}

/** `--wait` and its `--timeout`. */
export function withWait(command: Command): Command {
  return command
    .option('--wait', 'until it has ended; the exit code is 7 where it did not succeed')
    .option('--timeout <s>', 'seconds to wait at most', count(1, waitSecondsMax), waitSecondsMax);
}

async function submit(workflow: string, options: SubmitOptions): Promise<void> {
  const input = jsonInput(options.input);
  const { version } = options;
  const request = {
    workflow,
    ...(version === undefined ? {} : { version }),
    ...(input === undefined ? {} : { input }),
    ...timesOf(options),
    ...keyOf(options),
  };
  if (options.dryRun === true) return tellRequest(options.output, '/v1/runs', submitRun, request);
  const client = clientOf(options);
  const submitted = await client.submitRun(request);
  if (options.wait === true) return waitAndPrint(client, submitted.run, options.output, options.timeout);
  printOne(options.output, submitted, [submitted.run]);
}

async function readRuns(options: ListOptions): Promise<Listing> {
  const { output } = options;
  const page = await clientOf(options).listRuns(runFilter(options));
  const terminal = terminalOn(process.stdout);
  const cells = (run: RunView): string[] => [
    run.id,
    run.workflow ?? '-',
    paintStatus(terminal, run.status),
    String(run.taskCount),
    run.requestedAt,
    runTook(run, Date.now()),
  ];
  const headings = ['RUN', 'WORKFLOW', 'STATUS', 'TASKS', 'REQUESTED', 'TOOK'];
  return { text: listText(output, page.runs, headings, cells, 'No such runs.', page) };
}
