import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './output/exit-codes.js';
import { sentencesOf } from './output/sentences.js';
import { programFor } from './program.js';
import { explained } from './server/explain-api.js';
import { cliVersion } from './version.js';

/** Runs one command line (without node and script) and gives its exit code. What goes wrong is told on standard error. */
export async function runMain(args: readonly string[]): Promise<number> {
  try {
    const program = await programFor(args);
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const told = await explained(error, cliVersion);
    for (const sentence of sentencesOf(told)) process.stderr.write(`${sentence}\n`);
    return exitCodeOf(told);
  }
}
