import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant, Patch } from './mutant.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The text of a patched file. Throws where `find` does not occur exactly once: the code has changed, and the mutant must follow. */
export function patched(text: string, { file, find, put }: Patch): string {
  const parts = text.split(find);
  if (parts.length === 2) return parts.join(put);
  throw new Error(`Expected ${JSON.stringify(find)} once in ${file}, but found it ${parts.length - 1} times.`);
}

/** The compiled text of a file that a patch changes. */
export function textOf({ file }: Patch): string {
  return readFileSync(join(root, file), 'utf8');
}

/** From now on this process loads the code with these bugs in it. Called before anything of that code is loaded. */
export function putMutants(all: readonly Mutant[]): void {
  const patches = Map.groupBy(
    all.flatMap((mutant) => mutant.patches),
    ({ file }) => join(root, file),
  );
  registerHooks({
    load(url, context, nextLoad) {
      const of = url.startsWith('file:') ? patches.get(fileURLToPath(url)) : undefined;
      if (of === undefined) return nextLoad(url, context);
      return { format: 'module', shortCircuit: true, source: of.reduce(patched, textOf(of[0]!)) };
    },
  });
}
