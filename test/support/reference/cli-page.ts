import type { wholeProgram } from '../../../apps/cli/src/program.js';
import { madeBy, table } from './page.ts';

type Command = Awaited<ReturnType<typeof wholeProgram>>;

/** Every command of the command line with its arguments and options, in the order of `--help`. */
export function cliPage(program: Command): string {
  const leaves = leavesOf(program);
  return [
    '# Command line',
    'Answers are tables on a terminal and JSON elsewhere, or what `-o` asks for; JSON stands alone on stdout. Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, ' +
      '4 permission, 5 conflict, 6 unavailable, 7 a run that was waited for did not succeed.',
    madeBy,
    ...leaves.map(sectionOf),
  ].join('\n\n');
}

function leavesOf(command: Command): Command[] {
  const inner = command.commands.filter((one) => one.name() !== 'help');
  return inner.length === 0 ? [command] : inner.flatMap((one) => leavesOf(one));
}

function sectionOf(command: Command): string {
  const path: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) path.unshift(one.name());
  const args = command.registeredArguments.map((argument) => {
    const shown = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${shown}>` : `[${shown}]`;
  });
  const options = command.options.filter(({ hidden }) => !hidden);
  return [
    `## ${[...path, ...args].join(' ').replaceAll('<', String.raw`\<`)}`,
    command.description(),
    ...(options.length === 0 ? [] : [table(['option', 'what it does', 'default'], options.map(rowOf))]),
  ].join('\n\n');
}

function rowOf({ flags, description, defaultValue, argChoices }: Command['options'][number]): string[] {
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
  return [`\`${flags}\``, `${description}${choices}`, defaultOf(defaultValue)];
}

/** What depends on where the command is called is no part of a page. */
function defaultOf(value: unknown): string {
  if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return '';
  const shown = Array.isArray(value) ? value.join(',') : String(value);
  return shown.startsWith('/') ? 'in the checkout' : `\`${shown}\``;
}
