import { Command } from 'commander';
import { commandEntries } from './commands/index.js';
import { askForProfile } from './profile/chosen-profile.js';
import { cliVersion } from './version.js';

/**
 * The tree of commands for one command line. Of the commands of the first level only those that `args` name are read, with
 * the packages that they need: reading all of them takes some 0.4 s of CPU, which `--help` would wait for.
 */
export async function programFor(args: readonly string[]): Promise<Command> {
  return programWith((name) => args.includes(name));
}

/** The whole tree, for whoever walks it. */
export function wholeProgram(): Promise<Command> {
  return programWith(() => true);
}

async function programWith(isNeeded: (name: string) => boolean): Promise<Command> {
  const program = new Command('millrace')
    .description('Event-sourced task scheduler and DAG workflow engine on Apache Kafka.')
    .version(cliVersion, '-V, --version', 'the version of this command')
    .option('--profile <name>', 'the system to work with, by its name: see millrace profile')
    .showHelpAfterError('(millrace --help tells more)')
    // A command has options of its own with names that this one has too, as `run submit --version`.
    .enablePositionalOptions()
    .exitOverride();
  program.hook('preAction', (_program, command) =>
    askForProfile(command.optsWithGlobals()['profile'] as string | undefined),
  );
  for (const { usage, description, load } of commandEntries) {
    const command = program.command(usage).description(description);
    if (isNeeded(command.name())) (await load())(command);
  }
  return program;
}
