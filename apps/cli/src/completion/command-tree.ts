import type { Command, Option } from 'commander';

/** A flag as a shell completes it. */
export interface FlagNode {
  /** Long and short. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** Values that it takes; empty where any may come. */
  readonly choices: readonly string[];
}

/** A command as a shell completes it. */
export interface CommandNode {
  /** Words from the first level on, empty for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly FlagNode[];
  /** Values of its first argument, where only some are taken. */
  readonly choices: readonly string[];
}

const help: FlagNode = { names: ['--help', '-h'], description: 'what it does', takesValue: false, choices: [] };

/** Every command of the tree, the program first. */
export function commandNodes(program: Command): CommandNode[] {
  const walk = (command: Command, path: readonly string[]): CommandNode[] => [
    {
      path: path.join(' '),
      commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
      flags: [...command.options.filter(({ hidden }) => !hidden).map(flagNode), help],
      choices: command.registeredArguments[0]?.argChoices ?? [],
    },
    ...command.commands.flatMap((each) => walk(each, [...path, each.name()])),
  ];
  return walk(program, []);
}

function flagNode({ long, short, description, required, optional, argChoices }: Option): FlagNode {
  const names = [long, short].filter((name) => typeof name === 'string');
  return { names, description, takesValue: required || optional, choices: argChoices ?? [] };
}
