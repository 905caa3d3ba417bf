import { join } from 'node:path';
import { run } from './command.js';
import { Obstacle } from './obstacle.js';
import { root } from './root.js';

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Compiles what has changed. */
export async function build() {
  const { code, output } = await run(process.execPath, [tsc, '-b']);
  if (code !== 0) throw new Obstacle(`The TypeScript sources do not compile:\n${output.trim()}`);
}

/** Checks the types of specs, examples and benches, which the build leaves out. */
export async function checkSpecs() {
  const { code, output } = await run(process.execPath, [tsc, '-p', 'tsconfig.spec.json', '--noEmit']);
  if (code !== 0) throw new Obstacle(`The TypeScript specs do not compile:\n${output.trim()}`);
}
