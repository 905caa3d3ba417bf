import { ConfigInvalid } from './config/config-invalid.js';

/** Runs a service's `main`. What it throws becomes one line of JSON for each sentence on standard error, and exit code 1 (2 for a bad environment). */
export async function runMain(name: string, main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const sentences = error instanceof ConfigInvalid ? error.sentences : [(error as Error).stack ?? String(error)];
    const time = new Date().toISOString();
    for (const msg of sentences) console.error(JSON.stringify({ level: 'error', time, service: name, msg }));
    process.exit(error instanceof ConfigInvalid ? 2 : 1);
  }
}
