import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './output/exit-codes.js';
import { sentencesOf } from './output/sentences.js';
import { programFor } from './program.js';

/** Runs one command line (without node and script) and gives its exit code. What goes wrong is told on standard error. */
export async function runMain(args: readonly string[]): Promise<number> {
  // Who reads us may stop reading, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    const program = await programFor(args);
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    for (const sentence of sentencesOf(error)) process.stderr.write(`${sentence}\n`);
    return exitCodeOf(error);
  }
}
