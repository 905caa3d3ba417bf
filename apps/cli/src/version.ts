import { readFileSync } from 'node:fs';

/** Of this command, from its package. */
export const cliVersion = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
).version;
