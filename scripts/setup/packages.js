import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmRetries, run, sawNoNetwork, tail } from './command.js';
import { Obstacle } from './obstacle.js';
import { root } from './root.js';

/** Installs the locked packages where those in node_modules are missing or others. False where there was nothing to do. */
export async function ensurePackages() {
  if (isInstalled()) return false;
  const { code, output } = await run('npm', ['ci', '--no-audit', '--no-fund', ...npmRetries]);
  if (code === 0) return true;
  if (sawNoNetwork(output)) {
    throw new Obstacle(
      'The packages are not installed, and the package registry does not answer: connect this machine (or set its registry with npm config) and run this again.',
    );
  }
  throw new Obstacle(`npm ci failed: see its last lines and run this again.\n${tail(output)}`);
}

/**
 * Compares versions and links rather than file times: a checkout touches the lock file without changing it, and `npm install` may write it
 * after what it installed. Packages for other machines are optional and may be absent.
 */
function isInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = packagesOf(hidden);
  return Object.entries(packagesOf(join(root, 'package-lock.json')))
    .filter(([path]) => path.startsWith('node_modules/') || path.includes('/node_modules/'))
    .every(([path, locked]) => {
      const found = installed[path];
      if (found === undefined) return locked.optional === true || locked.peer === true;
      return found.version === locked.version && found.link === locked.link;
    });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
