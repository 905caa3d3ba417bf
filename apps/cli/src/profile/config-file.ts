import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';

/** Where one system is. What it does not name is not known: it is not looked for elsewhere. */
export interface Profile {
  /** The API. */
  readonly url?: string;
  /** `host:port`, several separated by commas. */
  readonly brokers?: string;
  /** What topic names begin with. */
  readonly prefix?: string;
  /** With its password. */
  readonly databaseUrl?: string;
}
export const profileMembers = ['url', 'brokers', 'prefix', 'databaseUrl'] as const satisfies readonly (keyof Profile)[];

export interface ConfigFile {
  /** The profile in use where nobody names another. */
  readonly profile?: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** Names as they may be typed without quotes. */
export const profileNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** `millrace/config.json` in the folder of XDG. */
export function configPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'millrace', 'config.json');
}

/** What the file holds; no profiles where there is none. Throws where it holds something else. */
export function readConfig(path = configPath()): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { profiles: {} };
    throw wrong(path, (cause as Error).message, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(path, (cause as Error).message, cause);
  }
  const fault = faultOf(value);
  if (fault !== undefined) throw wrong(path, fault);
  return value as ConfigFile;
}

/** Replaces the file at once; it and its folder are its owner's alone, since it may hold a database's password. */
export function writeConfig(config: ConfigFile, path = configPath()): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
}

/** A sentence where others may read a file that holds a password; undefined where all is well. */
export function looseModeOf({ profiles }: ConfigFile, path = configPath()): string | undefined {
  const isSecret = Object.values(profiles).some(({ databaseUrl }) => databaseUrl !== undefined);
  if (!isSecret || (statSync(path).mode & 0o077) === 0) return undefined;
  return `Expected ${path} to be its owner's alone, since it holds a database's password, but others may read it. Run: chmod 600 ${path}`;
}

function faultOf(value: unknown): string | undefined {
  if (!isObject(value) || !isObject(value['profiles'])) return 'it is no object with an object "profiles"';
  if (value['profile'] !== undefined && typeof value['profile'] !== 'string') return '"profile" is no text';
  for (const [name, profile] of Object.entries(value['profiles'])) {
    if (!profileNamePattern.test(name)) return `${JSON.stringify(name)} is no name of a profile`;
    if (!isObject(profile)) return `profile ${name} is no object`;
    for (const [member, text] of Object.entries(profile)) {
      if (!(profileMembers as readonly string[]).includes(member)) return `profile ${name} has an unknown ${member}`;
      if (typeof text !== 'string' || text === '') return `${member} of profile ${name} is no text`;
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(path: string, reason: string, cause?: unknown): CommandFailed {
  const message = `Expected ${path} to hold profiles, but ${reason}. Correct it, or remove it and begin again.`;
  return new CommandFailed(message, exitCodes.usage, { cause });
}
