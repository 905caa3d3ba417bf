import { join } from 'node:path';
import { become } from './setup/child.js';
import { underNode24 } from './setup/node-version.js';
import { runScript } from './setup/obstacle.js';
import { prepareAll } from './setup/prepare.js';
import { root } from './setup/root.js';

/** `npm start`: everything on this machine, and the example ETL workflow. Arguments go to `millrace up`. */
await runScript(async () => {
  if (!(await underNode24())) return;
  await prepareAll();
  const cli = join(root, 'apps', 'cli', 'dist', 'main.js');
  process.exitCode = await become(process.execPath, [cli, 'up', '--example', 'etl', ...process.argv.slice(2)]);
});
