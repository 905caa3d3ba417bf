import { createClient, type MillraceClient } from '@millrace/client';
import type { Command } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { readSystemFile } from '../up/system-file.js';
import { dataDirDefault } from '../checkout.js';

export interface ApiOptions {
  readonly url?: string;
}

/** `--url`, for commands that ask the API. */
export function withUrl(command: Command): Command {
  return command.option('--url <url>', 'the API; default MILLRACE_URL, else the system that millrace up runs here');
}

/** The API: what the flag says, else MILLRACE_URL, else the running system. Throws where there is none of them. */
export function apiUrlOf({ url }: ApiOptions): string {
  const found = url ?? (process.env['MILLRACE_URL'] || readSystemFile(dataDirDefault)?.apiUrl);
  if (found !== undefined) return found;
  throw missing('the API', '--url', 'MILLRACE_URL');
}

export function clientOf(options: ApiOptions): MillraceClient {
  return createClient({ url: apiUrlOf(options) });
}

/** Kafka: the flag, else MILLRACE_KAFKA_BROKERS, else the running system's. */
export function brokersOf({ brokers }: { readonly brokers?: string }): string {
  const found = brokers ?? (process.env['MILLRACE_KAFKA_BROKERS'] || readSystemFile(dataDirDefault)?.brokers);
  if (found !== undefined) return found;
  throw missing('Kafka', '--brokers', 'MILLRACE_KAFKA_BROKERS');
}

/** Postgres: DATABASE_URL, else the running system's. It takes no flag, since it holds a password. */
export function databaseUrlOf(): string {
  const found = process.env['DATABASE_URL'] || readSystemFile(dataDirDefault)?.databaseUrl;
  if (found !== undefined) return found;
  throw missing('Postgres', undefined, 'DATABASE_URL');
}

export function prefixOf({ prefix }: { readonly prefix?: string }): string {
  return (
    prefix ?? (process.env['MILLRACE_TOPICS_PREFIX'] || readSystemFile(dataDirDefault)?.topicsPrefix || 'millrace')
  );
}

function missing(what: string, flag: string | undefined, variable: string): CommandFailed {
  const ways = [flag, variable].filter(Boolean).join(' or ');
  return new CommandFailed(
    `Expected to know where ${what} is, but nothing runs here: start it with npx millrace up, or set ${ways}.`,
    exitCodes.unavailable,
  );
}
