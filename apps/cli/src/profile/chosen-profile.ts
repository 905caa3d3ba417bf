import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { configPath, looseModeOf, readConfig, type ConfigFile, type Profile } from './config-file.js';

/** The profile in force, and who chose it. */
export interface ChosenProfile {
  readonly name: string;
  readonly by: 'flag' | 'variable' | 'file';
  readonly profile: Profile;
}

let asked: string | undefined;
let chosen: { readonly profile: ChosenProfile | undefined } | undefined;

/** What `--profile` said, before a command acts. */
export function askForProfile(name: string | undefined): void {
  asked = name;
  chosen = undefined;
}

/** `--profile`, else MILLRACE_PROFILE, else the one in use; undefined where none is. Throws where there is none of that name. */
export function chosenProfile(): ChosenProfile | undefined {
  chosen ??= { profile: choose(readConfig()) };
  return chosen.profile;
}

function choose(config: ConfigFile): ChosenProfile | undefined {
  const variable = process.env['MILLRACE_PROFILE'] || undefined;
  const name = asked ?? variable ?? config.profile;
  if (name === undefined) return undefined;
  const profile = profileOf(config, name);
  const loose = looseModeOf(config);
  if (loose !== undefined) process.stderr.write(`${loose}\n`);
  return { name, profile, by: asked !== undefined ? 'flag' : variable !== undefined ? 'variable' : 'file' };
}

/** Throws a sentence that names those that exist. */
export function profileOf({ profiles }: ConfigFile, name: string): Profile {
  if (Object.hasOwn(profiles, name)) return profiles[name]!;
  const names = Object.keys(profiles).sort();
  const found = names.length === 0 ? 'there is no profile yet' : `there are only ${names.join(', ')}`;
  const remedy =
    names.length === 0 ? `Make one: millrace profile set ${name} --url <url>` : 'See: millrace profile list';
  throw new CommandFailed(
    `Expected a profile "${name}" in ${configPath()}, but ${found}. ${remedy}`,
    exitCodes.notFound,
  );
}
