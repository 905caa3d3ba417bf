import type { RunDetail } from '@millrace/protocol';
import type { Command } from 'commander';
import { dagPage, type DagPage } from '../output/dag/dag-page.js';
import { outputOption, printOne, type Format } from '../output/print.js';
import { runPage } from '../output/run-page.js';
import { columnsOf, terminalOn } from '../output/terminal.js';
import { allTaskRuns, definitionOfRun } from '../run-dag.js';
import { apiUrlOf, clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface ShowOptions extends ApiOptions {
  readonly dag: boolean;
  readonly output: Format;
}

/** `millrace run show <id>`. */
export function addRunShow(run: Command): void {
  withUrl(run.command('show <id>'))
    .description(
      'One run: its DAG drawn, its critical path by measured times, its task runs with attempts, waits, errors.',
    )
    .option('--no-dag', 'without the picture')
    .addOption(outputOption(['table', 'json']))
    .action(show);
}

async function show(id: string, { dag, output, ...options }: ShowOptions): Promise<void> {
  const detail = await clientOf(options).getRun(id);
  const terminal = terminalOn(process.stdout);
  const drawn = dag ? await draw(apiUrlOf(options), detail) : undefined;
  const picture = typeof drawn === 'string' ? [terminal.dim(drawn)] : (drawn?.lines ?? []);
  const value = { ...detail, criticalPath: typeof drawn === 'object' ? drawn.path : null };
  const page = runPage(terminal, detail, Date.now());
  printOne(output, value, [...page, ...(picture.length === 0 ? [] : ['', ...picture])]);
}

async function draw(apiUrl: string, detail: RunDetail): Promise<DagPage | string | undefined> {
  const definition = await definitionOfRun(apiUrl, detail);
  if (typeof definition !== 'object') return definition;
  const tasks = await allTaskRuns(apiUrl, detail);
  const terminal = terminalOn(process.stdout);
  return dagPage(terminal, detail.run, tasks, definition, columnsOf(process.stdout), Date.now());
}
