import type { Command } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { printOne, type Format } from '../output/print.js';

/** A command that writes, and may be asked what it would write. */
export interface Dry {
  readonly dryRun?: true;
}

export function withDryRun(command: Command, text = 'checks it and says what would be sent; sends nothing'): Command {
  return command.option('--dry-run', text);
}

/** What checks a request, such as a schema of zod. */
interface Schema {
  safeParse(value: unknown):
    | { readonly success: true }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

/** Writes the request instead of sending it. Throws a sentence for each thing that is wrong with it. */
export function tellRequest(format: Format, path: string, schema: Schema, body: object): void {
  const faults = faultsOf(schema, body);
  if (faults.length > 0) {
    const message = `Expected a request that POST ${path} takes, but:\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
    throw new CommandFailed(message, exitCodes.usage);
  }
  const lines = [`Nothing was sent. It would be: POST ${path} ${JSON.stringify(body)}`];
  printOne(format, { dryRun: true, method: 'POST', path, body }, lines);
}

/** What is wrong with a request, each with its place. */
export function faultsOf(schema: Schema, body: unknown): string[] {
  const read = schema.safeParse(body);
  if (read.success) return [];
  return read.error.issues.map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
}
