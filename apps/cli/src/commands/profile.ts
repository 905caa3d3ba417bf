import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { outputOption, printList, printOne, type Format } from '../output/print.js';
import { chosenProfile, profileOf } from '../profile/chosen-profile.js';
import {
  configPath,
  profileMembers,
  profileNamePattern,
  readConfig,
  writeConfig,
  type ConfigFile,
  type Profile,
} from '../profile/config-file.js';
import { checkedBrokers, checkedUrl } from './arguments.js';

interface Writes {
  readonly dryRun?: true;
  readonly output: Format;
}
interface SetOptions extends Writes {
  readonly url?: string;
  readonly brokers?: string;
  readonly prefix?: string;
  readonly databaseUrlFile?: string;
}

export function addProfile(profile: Command): void {
  profile
    .command('list')
    .description('All profiles; a star marks the one in force.')
    .addOption(outputOption())
    .action(list);
  profile
    .command('show')
    .argument('[name]', 'default: the one in force')
    .description('What a profile says, without the password.')
    .addOption(outputOption(['table', 'json']))
    .action(show);
  profile
    .command('set')
    .argument('<name>', 'made where there is none of it', nameOf)
    .description('Makes or changes a profile; what is not named stays, an empty text takes away.')
    .option('--url <url>', 'the API')
    .option('--brokers <list>', 'host:port, several separated by commas')
    .option('--prefix <text>', 'what topic names begin with')
    .option('--database-url-file <file>', 'a file with the URL of the database, or - for standard input')
    .option('--dry-run', 'only says what it would be')
    .addOption(outputOption(['table', 'json']))
    .action(set);
  profile
    .command('use')
    .argument('[name]', 'without it none is in use any more')
    .description('The profile of every command that names no other.')
    .option('--dry-run', 'only says what it would be')
    .addOption(outputOption(['table', 'json']))
    .action(use);
  profile
    .command('delete <name>')
    .description('Forgets a profile.')
    .option('--dry-run', 'only says what it would be')
    .addOption(outputOption(['table', 'json']))
    .action(remove);
}

function list({ output }: { readonly output: Format }): void {
  const { profiles, profile: inUse } = readConfig();
  const inForce = process.env['MILLRACE_PROFILE'] || inUse;
  const rows = Object.entries(profiles)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, each]) => ({ name, inForce: name === inForce, ...shown(each) }));
  const cells = (row: (typeof rows)[number]): string[] => [
    ...[row.inForce ? '*' : '', row.name, row.url ?? '-', row.brokers ?? '-', row.prefix ?? '-'],
    row.databaseUrl ?? '-',
  ];
  const headings = ['', 'PROFILE', 'URL', 'BROKERS', 'PREFIX', 'DATABASE'];
  printList(output, rows, headings, cells, 'No profiles yet: millrace profile set <name> --url <url>');
}

function show(name: string | undefined, { output }: { readonly output: Format }): void {
  const found = name === undefined ? chosenProfile()?.name : name;
  if (found === undefined) {
    throw new CommandFailed('Expected a profile to be in force, but none is: name one.', exitCodes.notFound);
  }
  tell(output, found, shown(profileOf(readConfig(), found)));
}

function set(name: string, { dryRun, output, databaseUrlFile, ...flags }: SetOptions): void {
  const config = readConfig();
  const database = databaseUrlFile === undefined ? {} : { databaseUrl: urlIn(databaseUrlFile) };
  const given: Profile = { ...flags, ...database };
  if (given.url) checkedUrl(given.url, ['http:', 'https:']);
  if (given.brokers) checkedBrokers(given.brokers);
  if (given.databaseUrl) checkedUrl(given.databaseUrl, ['postgres:', 'postgresql:']);
  const merged = { ...config.profiles[name], ...given };
  const profile = Object.fromEntries(
    profileMembers.flatMap((member) => (merged[member] ? [[member, merged[member]]] : [])),
  ) as Profile;
  save({ ...config, profiles: { ...config.profiles, [name]: profile } }, dryRun);
  tell(output, name, shown(profile));
}

function use(name: string | undefined, { dryRun, output }: Writes): void {
  const { profile: before, ...config } = readConfig();
  if (name !== undefined) profileOf(config, name);
  save(name === undefined ? config : { profile: name, ...config }, dryRun);
  const sentence = name === undefined ? 'No profile is in use.' : `Profile ${name} is in use.`;
  printOne(output, { profile: name ?? null, before: before ?? null }, [sentence]);
}

function remove(name: string, { dryRun, output }: Writes): void {
  const config = readConfig();
  profileOf(config, name);
  const { [name]: _gone, ...profiles } = config.profiles;
  const { profile, ...rest } = config;
  save({ ...rest, ...(profile === undefined || profile === name ? {} : { profile }), profiles }, dryRun);
  printOne(output, { deleted: name }, [`Profile ${name} is forgotten.`]);
}

function save(config: ConfigFile, dryRun: true | undefined): void {
  if (dryRun === true) process.stderr.write(`Nothing was written to ${configPath()}.\n`);
  else writeConfig(config);
}

function tell(output: Format, name: string, profile: Profile): void {
  const lines = profileMembers.map((member) => `${member.padEnd(12)} ${profile[member] ?? '-'}`);
  printOne(output, { name, ...profile }, [`${'profile'.padEnd(12)} ${name}`, ...lines]);
}

/** Without the password. */
function shown({ databaseUrl, ...profile }: Profile): Profile {
  if (databaseUrl === undefined) return profile;
  const url = URL.parse(databaseUrl);
  if (url?.password) url.password = '***';
  return { ...profile, databaseUrl: url?.href ?? 'no URL' };
}

function urlIn(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  } catch (cause) {
    const message = `Expected a file with a URL at ${file}, but: ${(cause as Error).message}.`;
    throw new CommandFailed(message, exitCodes.notFound, { cause });
  }
}

/** For commander. */
function nameOf(text: string): string {
  if (profileNamePattern.test(text)) return text;
  throw new InvalidArgumentError('Expected letters, digits, dots, dashes and underscores, at most 63.');
}
