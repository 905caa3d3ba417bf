import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from './pack/main.js';
import { build, checkSpecs } from './setup/build.js';
import { show } from './setup/command.js';
import { example } from './setup/example.js';
import { lint } from './setup/lint.js';
import { underNode24 } from './setup/node-version.js';
import { Obstacle, runScript } from './setup/obstacle.js';
import { prepareAll, preparePackages } from './setup/prepare.js';
import { step } from './setup/progress.js';
import { root } from './setup/root.js';

/** The commands that package.json names, for people and CI alike: the same Node, the same packages. */
const commands = {
  tsc: async (args) => show(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...args]),
  typecheck: async () => {
    await step('Build', build);
    await step('Types of specs', checkSpecs);
    return 0;
  },
  lint,
  example,
  bench: async (args) => {
    const main = join(root, 'bench', 'main.ts');
    if (!existsSync(main)) throw new Obstacle('There is no bench/main.ts: nothing to measure yet.');
    await step('Build', build);
    return show(process.execPath, [main, ...args]);
  },
  pack: async (args) => {
    await step('Build', build);
    return pack(args);
  },
  sim: async (args) => {
    await step('Build', build);
    return show(process.execPath, [join(root, 'test', 'sim', 'main.ts'), ...args]);
  },
  scope: async (args) => {
    await step('Build', build);
    return show(process.execPath, [join(root, 'test', 'scope', 'main.ts'), ...args]);
  },
  chaos: async (args) => {
    await prepareAll();
    return show(process.execPath, [join(root, 'test', 'chaos', 'main.ts'), ...args]);
  },
  schemathesis: async (args) => {
    await prepareAll();
    return show(process.execPath, [join(root, 'test', 'schemathesis', 'main.ts'), ...args]);
  },
  fuzz: async (args) => show(process.execPath, [join(root, 'test', 'fuzz', 'main.ts'), ...args]),
};

await runScript(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (command === undefined)
    throw new Obstacle(`Expected one of ${Object.keys(commands).join(', ')}, but got "${name}".`);
  if (!(await underNode24())) return;
  await preparePackages();
  process.exitCode = await command(args);
});
