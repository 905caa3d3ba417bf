import { encodeWorkflow, type RegisterWorkflow } from '@millrace/protocol';
import type { Command } from 'commander';
import { allWorkflows } from '../api-pages.js';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { outputOption, printList, printOne, type Format } from '../output/print.js';
import { isJsonFile, readText, reviewWorkflow } from '../workflow-file.js';
import { apiUrlOf, clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface OutputOptions extends ApiOptions {
  readonly output: Format;
}

export function addWorkflow(program: Command): void {
  const workflow = program.command('workflow').description('Workflows: JSON or YAML files, registered by content.');
  workflow
    .command('validate <file>')
    .description('Finds everything that is wrong with a file; asks nobody.')
    .addOption(outputOption(['table', 'json']))
    .action(validate);
  withUrl(workflow.command('apply <file>'))
    .description('Registers a file; harmless twice.')
    .addOption(outputOption(['table', 'json']))
    .action(apply);
  withUrl(workflow.command('list'))
    .description('Every version that a run was started of.')
    .addOption(outputOption())
    .action(listAll);
}

function validate(file: string, { output }: OutputOptions): void {
  const { definition, faults } = reviewWorkflow(readText(file), isJsonFile(file));
  if (definition !== undefined) {
    const { name, version } = encodeWorkflow(definition);
    const tasks = definition.tasks.length;
    printOne(output, { valid: true, name, version, tasks, faults }, [`${name} is valid: ${tasks} tasks, ${version}`]);
    return;
  }
  process.exitCode = exitCodes.failed;
  if (output !== 'table') return printOne(output, { valid: false, faults }, []);
  for (const { path, code, message } of faults) {
    process.stderr.write(`${file}${path === '' ? '' : ` ${path}`}: ${message} (${code})\n`);
  }
}

async function apply(file: string, options: OutputOptions): Promise<void> {
  const text = readText(file);
  const { faults } = reviewWorkflow(text, isJsonFile(file));
  if (faults.length > 0) {
    const sentences = faults.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`);
    throw new CommandFailed(
      `Expected ${file} to hold a valid workflow, but:\n${sentences.join('\n')}`,
      exitCodes.usage,
    );
  }
  // YAML goes as it is written: the service reads numbers more exactly than a parsed value can hold them.
  const body = isJsonFile(file) ? (JSON.parse(text) as RegisterWorkflow) : text;
  const registered = await clientOf(options).registerWorkflow(body);
  printOne(options.output, registered, [
    `${registered.name} is registered: ${registered.tasks} tasks, version ${registered.version}`,
    `Run it: npx millrace run submit ${registered.name} --wait`,
  ]);
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
