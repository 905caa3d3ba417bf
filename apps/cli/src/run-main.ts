import { Command, CommanderError } from 'commander';
import { addCommands } from './commands/index.js';
import { exitCodeOf, exitCodes } from './output/exit-codes.js';
import { sentencesOf } from './output/sentences.js';

/** Runs one command line (without node and script) and gives its exit code. What goes wrong is told on standard error. */
export async function runMain(args: readonly string[]): Promise<number> {
  const program = new Command('millrace')
    .description('Event-sourced task scheduler and DAG workflow engine on Apache Kafka.')
    .showHelpAfterError('(millrace --help tells more)')
    .exitOverride();
  addCommands(program);
  // Who reads us may stop reading, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    for (const sentence of sentencesOf(error)) process.stderr.write(`${sentence}\n`);
    return exitCodeOf(error);
  }
}
