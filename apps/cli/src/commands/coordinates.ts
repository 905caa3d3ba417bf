import { createClient, type MillraceClient } from '@millrace/client';
import { Option, type Command } from 'commander';
import { dataDirDefault } from '../checkout.js';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { chosenProfile } from '../profile/chosen-profile.js';
import type { Profile } from '../profile/config-file.js';
import { askingApi } from '../server/explain-api.js';
import { readSystemFile } from '../up/system-file.js';
import { checkedBrokers, checkedUrl } from './arguments.js';

export interface ApiOptions {
  readonly url?: string;
}
export interface KafkaOptions {
  readonly brokers?: string;
  readonly prefix?: string;
}

/** `--profile`, for every command that needs to know where a system is. */
export function withProfile(command: Command): Command {
  return command.addOption(new Option('--profile <name>', 'a system by its name: see millrace profile'));
}

/** `--url`, for commands that ask the API. */
export function withUrl(command: Command): Command {
  const text = 'the API; default MILLRACE_URL, the profile, else the system that millrace up runs here';
  return withProfile(command.option('--url <url>', text));
}

/** `--brokers` and `--prefix`, for commands that read Kafka itself. */
export function withKafka(command: Command): Command {
  const text = 'host:port; default MILLRACE_KAFKA_BROKERS, the profile, else the running system';
  return withProfile(command.option('--brokers <list>', text)).option(
    '--prefix <text>',
    'what topic names begin with; default MILLRACE_TOPICS_PREFIX, the profile, else millrace',
  );
}

/** The API's address as a command uses it: the flag, else MILLRACE_URL, else the profile, else the running system. Throws where there is none of them. */
export function apiUrlOf({ url }: ApiOptions): string {
  const found = place('url', 'MILLRACE_URL', url) ?? localSystem()?.apiUrl;
  if (found === undefined) throw missing('the API', 'url', '--url', 'MILLRACE_URL');
  askingApi(checkedUrl(found, ['http:', 'https:']));
  return found;
}

export function clientOf(options: ApiOptions): MillraceClient {
  return createClient({ url: apiUrlOf(options) });
}

/** Kafka: the flag, else MILLRACE_KAFKA_BROKERS, else the profile's, else the running system's. */
export function brokersOf({ brokers }: KafkaOptions): string {
  const found = place('brokers', 'MILLRACE_KAFKA_BROKERS', brokers) ?? localSystem()?.brokers;
  if (found !== undefined) return checkedBrokers(found);
  throw missing('Kafka', 'brokers', '--brokers', 'MILLRACE_KAFKA_BROKERS');
}

/** Postgres: DATABASE_URL, else the profile's, else the running system's. It takes no flag, since it holds a password. */
export function databaseUrlOf(): string {
  const found = place('databaseUrl', 'DATABASE_URL') ?? localSystem()?.databaseUrl;
  if (found !== undefined) return found;
  throw missing('Postgres', 'databaseUrl', undefined, 'DATABASE_URL');
}

export function prefixOf({ prefix }: KafkaOptions): string {
  return place('prefix', 'MILLRACE_TOPICS_PREFIX', prefix) ?? localSystem()?.topicsPrefix ?? 'millrace';
}

/** The flag before the variable before the profile. Where a profile was asked for by flag and a variable counts instead, it says so. */
function place(member: keyof Profile, variable: string, flag?: string): string | undefined {
  const said = process.env[variable] || undefined;
  if (flag !== undefined) return flag;
  const chosen = chosenProfile();
  const known = chosen?.profile[member];
  if (said !== undefined && chosen?.by === 'flag' && known !== said && !told.has(variable)) {
    told.add(variable);
    process.stderr.write(`${variable} is set and counts, not what profile ${chosen.name} says.\n`);
  }
  return said ?? known;
}
const told = new Set<string>();

/** The system that `millrace up` runs here, where no profile is in force: a profile names another one. */
export function localSystem(): ReturnType<typeof readSystemFile> {
  return chosenProfile() === undefined ? readSystemFile(dataDirDefault) : undefined;
}

const memberFlags = { url: '--url', brokers: '--brokers', prefix: '--prefix', databaseUrl: '--database-url-file' };

function missing(what: string, member: keyof Profile, flag: string | undefined, variable: string): CommandFailed {
  const ways = [flag, variable].filter(Boolean).join(' or ');
  const chosen = chosenProfile();
  const message =
    chosen === undefined
      ? `Expected to know where ${what} is, but nothing runs here: start it with npx millrace up, or set ${ways}.`
      : `Expected profile ${chosen.name} to say where ${what} is, but it does not: millrace profile set ${chosen.name} ${memberFlags[member]} ..., or set ${ways}.`;
  return new CommandFailed(message, exitCodes.unavailable);
}
