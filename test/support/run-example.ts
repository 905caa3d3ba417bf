import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a system whose workers serve the examples' handlers. */
    millraceUrl: string;
    /** A Postgres address; for the examples that of the system's own. */
    databaseUrl: string;
    /** `host:port` of the broker. */
    kafkaBrokers: string;
  }
}

const examples = join(import.meta.dirname, '..', '..', 'examples');

/**
 * Runs an example's program as built, as `npm run example` does, on the examples' system, and gives what it printed, line by line.
 * Throws where it ends with anything but 0.
 */
export async function runExample(name: string, args: readonly string[] = []): Promise<string[]> {
  const child = spawn(process.execPath, [join(examples, name, 'dist', 'main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MILLRACE_URL: inject('millraceUrl'),
      MILLRACE_KAFKA_BROKERS: inject('kafkaBrokers'),
      DATABASE_URL: inject('databaseUrl'),
    },
  });
  let [printed, complained] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code === 0) return printed.trimEnd().split('\n');
  throw new Error(`Expected example ${name} to end with 0, but it ended with ${code}.\n${printed}\n${complained}`);
}
