import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, show, tail } from './command.js';
import { Obstacle } from './obstacle.js';
import { step } from './progress.js';
import { root } from './root.js';

const folders = ['libs', 'apps', 'examples', 'test', 'bench'].filter((folder) => existsSync(join(root, folder)));
const bin = (name, ...path) => join(root, 'node_modules', name, ...path);

/**
 * Format and rules. The project graph is made first: without a cached one, the rule that keeps the layers apart is skipped with no more
 * than a warning. `--fix` corrects what can be corrected.
 */
export async function lint(args) {
  const env = { ...process.env, NX_DAEMON: 'false' };
  await step('Project graph', () => makeProjectGraph(env));
  const fix = args.includes('--fix');
  const format = await show(
    process.execPath,
    [bin('prettier', 'bin', 'prettier.cjs'), fix ? '--write' : '--check', '--log-level=warn', ...folders, 'scripts'],
    { env },
  );
  const rules = await show(
    process.execPath,
    [
      bin('eslint', 'bin', 'eslint.js'),
      '--max-warnings=0',
      '--no-error-on-unmatched-pattern',
      ...(fix ? ['--fix'] : []),
      ...folders,
    ],
    { env },
  );
  return format || rules;
}

async function makeProjectGraph(env) {
  const { code, output } = await run(
    process.execPath,
    [bin('nx', 'dist', 'bin', 'nx.js'), 'show', 'projects', '--json'],
    { env },
  );
  if (code !== 0) throw new Obstacle(`Nx could not make the project graph:\n${tail(output)}`);
}
