import { join, resolve } from 'node:path';
import { root } from '../setup/root.js';
import { packPackages } from './pack-packages.js';

/** `npm run pack -- <folder>`: tarballs of all packages that users install; default `.millrace/packages`. */
export async function pack([to = join(root, '.millrace', 'packages')]) {
  for (const { tarball, size } of await packPackages(resolve(to)))
    console.log(`${tarball} (${Math.round(size / 1_000)} kB)`);
  return 0;
}
