/** Ends the program with one sentence that says what to do, instead of a stack trace. */
export class Obstacle extends Error {}

/** Runs a script's main function; an obstacle becomes its sentence on stderr and exit code 1. */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Obstacle)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
