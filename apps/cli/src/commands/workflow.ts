import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { WorkflowDefinition } from '@millrace/domain';
import { encodeWorkflow, workflowJsonSchema, type RegisterWorkflow, type WorkflowRegistered } from '@millrace/protocol';
import type { Command } from 'commander';
import { allWorkflows } from '../api-pages.js';
import { CommandFailed, exitCodes, type ExitCode } from '../output/exit-codes.js';
import { findWorkflow } from '../find-workflow.js';
import { outputOption, printList, printOne, type Format } from '../output/print.js';
import { Progress } from '../output/progress.js';
import { terminalOn } from '../output/terminal.js';
import { shapeBoundsDefault, shapeOf, workflowPage } from '../output/workflow-page.js';
import { faultLines } from '../workflow/fault-lines.js';
import { isJsonFile, isLinesFile, assertFile, readText, reviewWorkflow } from '../workflow-file.js';
import { withDryRun, type Dry } from './dry-run.js';
import { apiUrlOf, clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface OutputOptions extends ApiOptions {
  readonly output: Format;
}

export function addWorkflow(workflow: Command): void {
  workflow
    .command('validate <file>')
    .description('Finds everything that is wrong with a file; asks nobody.')
    .addOption(outputOption(['table', 'json']))
    .action(validate);
  workflow
    .command('schema')
    .description('The JSON Schema of workflow files, for editors: # yaml-language-server: $schema=workflow.schema.json')
    .action(() => {
      process.stdout.write(`${JSON.stringify(workflowJsonSchema(), null, 2)}\n`);
    });
  withDryRun(withUrl(workflow.command('apply <file>')), 'checks the file here and sends nothing')
    .description('Registers a file; harmless twice. NDJSON (.ndjson) is streamed, up to 1,000,000 tasks.')
    .addOption(outputOption(['table', 'json']))
    .action(apply);
  withUrl(workflow.command('list'))
    .description('Every version that a run was started of.')
    .addOption(outputOption())
    .action(listAll);
  withUrl(workflow.command('show [name-or-version]'))
    .description('Its order, levels, critical path, joins and conditions; by name that of its newest run.')
    .option('-f, --file <file>', 'a file instead, without asking anybody')
    .option('--all', 'all of it: a large one is cut otherwise', false)
    .addOption(outputOption(['table', 'json']))
    .action(show);
}

function validate(file: string, { output }: OutputOptions): void {
  const text = readText(file);
  const { definition, faults } = reviewWorkflow(file, text);
  if (definition !== undefined) {
    const { name, version } = encodeWorkflow(definition);
    const tasks = definition.tasks.length;
    printOne(output, { valid: true, name, version, tasks, faults }, [`${name} is valid: ${tasks} tasks, ${version}`]);
    return;
  }
  process.exitCode = exitCodes.failed;
  if (output !== 'table') return printOne(output, { valid: false, faults }, []);
  for (const fault of faults) process.stderr.write(`${faultLines(file, text, fault).join('\n')}\n`);
}

async function apply(file: string, options: OutputOptions & Dry): Promise<void> {
  if (options.dryRun === true) return validate(file, options);
  const registered = await (isLinesFile(file) ? applyLines(file, options) : applyWhole(file, options));
  printOne(options.output, registered, [
    `${registered.name} is registered: ${registered.tasks} tasks, version ${registered.version}`,
    `Run it: npx millrace run submit ${registered.name} --wait`,
  ]);
}

/** As it is, without reading it here: the service checks it line by line. */
function applyLines(file: string, options: OutputOptions): Promise<WorkflowRegistered> {
  assertFile(file);
  const progress = new Progress(`Sends ${basename(file)}`, 'bytes');
  return clientOf(options)
    .streamWorkflow(() => told(file, progress))
    .finally(() => progress.end());
}

/** The bytes of a file, as fast as they are sent. */
async function* told(file: string, progress: Progress): AsyncGenerator<Uint8Array> {
  const total = statSync(file).size;
  let sent = 0;
  for await (const piece of createReadStream(file) as AsyncIterable<Uint8Array>) {
    yield piece;
    sent += piece.length;
    progress.at(sent, total);
  }
}

async function applyWhole(file: string, options: OutputOptions): Promise<WorkflowRegistered> {
  const text = readText(file);
  readWorkflow(file, exitCodes.usage, text);
  // YAML goes as it is written: the service reads numbers more exactly than a parsed value can hold them.
  const body = isJsonFile(file) ? (JSON.parse(text) as RegisterWorkflow) : text;
  return clientOf(options).registerWorkflow(body);
}

interface ShowOptions extends OutputOptions {
  readonly file?: string;
  readonly all: boolean;
}

async function show(named: string | undefined, { file, all, output, ...api }: ShowOptions): Promise<void> {
  if ((named === undefined) === (file === undefined)) {
    throw new CommandFailed(
      'Expected a workflow or --file, but got neither of them or both: name one.',
      exitCodes.usage,
    );
  }
  const { definition, version } =
    file === undefined ? await findWorkflow(apiUrlOf(api), named!) : readWorkflow(file, exitCodes.failed);
  const bounds = all ? { levelsMax: Infinity, listMax: Infinity } : shapeBoundsDefault;
  const shape = shapeOf(definition, version, bounds);
  printOne(output, shape, workflowPage(terminalOn(process.stdout), shape));
}

/** A valid workflow of a file. Throws all that is wrong with it. */
function readWorkflow(
  file: string,
  exitCode: ExitCode,
  text = readText(file),
): { definition: WorkflowDefinition; version: string } {
  const { definition, faults } = reviewWorkflow(file, text);
  if (definition !== undefined) return { definition, version: encodeWorkflow(definition).version };
  const sentences = faults.flatMap((fault) => faultLines(file, text, fault)).map((line) => `  ${line}`);
  throw new CommandFailed(`Expected ${file} to hold a valid workflow, but:\n${sentences.join('\n')}`, exitCode);
}

async function listAll(options: OutputOptions): Promise<void> {
  const workflows = await allWorkflows(apiUrlOf(options));
  printList(
    options.output,
    workflows,
    ['WORKFLOW', 'TASKS', 'VERSION'],
    ({ name, tasks, version }) => [name, String(tasks), version],
    'No workflows yet.',
  );
}
