import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { commandEntries } from './commands/index.js';
import { programFor, wholeProgram } from './program.js';

/** What a file imports as it is loaded: neither types alone, nor what it loads when it is asked to. */
const staticImport = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;

/** Every module that loading `file` loads, with those that they load: ours are followed. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(staticImport)) {
    const path = join(dirname(file), name!.replace(/\.js$/, '.ts'));
    if (name!.startsWith('.') && existsSync(path)) loadedBy(path, seen);
    else seen.add(name!);
  }
  return seen;
}

it('loads neither Kafka nor Postgres nor anything else for --help, so that it is there at once', () => {
  const loaded = loadedBy(join(import.meta.dirname, 'main.ts'));
  expect(loaded).toContain(join(import.meta.dirname, 'commands', 'index.ts'));
  const packages = [...loaded].filter((name) => !name.startsWith('/') && !name.startsWith('node:'));
  expect(packages).toEqual(['commander']);
});

it('finds what a file imports', () => {
  const file = join(import.meta.dirname, 'commands', 'log.ts');
  expect(loadedBy(file)).toContain('@millrace/kafka');
});

it('reads only the commands that a command line names', async () => {
  const program = await programFor(['queue', 'list']);
  const made = program.commands.filter(({ commands, options }) => commands.length + options.length > 0);
  expect(made.map((command) => command.name())).toEqual(['queue']);
});

it('lists every command with a sentence', async () => {
  const program = await wholeProgram();
  expect(program.commands.map((command) => command.name())).toEqual(
    commandEntries.map(({ usage }) => usage.split(' ')[0]),
  );
  const silent = program.commands
    .flatMap((command) => [command, ...command.commands])
    .filter((command) => command.description() === '');
  expect(silent.map((command) => command.name())).toEqual([]);
});
