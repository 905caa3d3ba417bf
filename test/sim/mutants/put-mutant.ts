import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant, Patch } from './mutant.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/**
 * The compiled files that these bugs change, by path, with the bugs in them. Throws where a `find` does not occur exactly once:
 * the code has changed, and the mutant must follow.
 */
export function sourcesOf(all: readonly Mutant[]): Map<string, string> {
  const sources = new Map<string, string>();
  for (const patch of all.flatMap(({ patches }) => patches)) {
    const path = join(root, patch.file);
    sources.set(path, patched(sources.get(path) ?? readFileSync(path, 'utf8'), patch));
  }
  return sources;
}

function patched(text: string, { file, find, put }: Patch): string {
  const parts = text.split(find);
  if (parts.length === 2) return parts.join(put);
  throw new Error(`Expected ${JSON.stringify(find)} once in ${file}, but found it ${parts.length - 1} times.`);
}

/** From now on this process loads the code with these bugs in it. Called before anything of that code is loaded. */
export function putMutants(all: readonly Mutant[]): void {
  const sources = sourcesOf(all);
  registerHooks({
    load(url, context, nextLoad) {
      const source = url.startsWith('file:') ? sources.get(fileURLToPath(url)) : undefined;
      return source === undefined ? nextLoad(url, context) : { format: 'module', shortCircuit: true, source };
    },
  });
}
