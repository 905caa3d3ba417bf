#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { underNode24 } from '../../../scripts/setup/node-version.js';
import { Obstacle, runScript } from '../../../scripts/setup/obstacle.js';

// Plain JavaScript that is there before the first build, so that npm can link it, and that any Node can read.
await runScript(async () => {
  if (!(await underNode24())) return;
  const main = new URL('../dist/main.js', import.meta.url);
  if (!existsSync(main)) {
    throw new Obstacle(
      'Expected a built checkout, but apps/cli/dist is missing: run npm start once, or npm run build.',
    );
  }
  await import(main.href);
});
