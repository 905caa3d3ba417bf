#!/usr/bin/env node
import { existsSync } from 'node:fs';

// This file is here before the first build, so that npm can link it.
const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error('Expected a built checkout, but apps/cli/dist is missing: run npm start once, or npm run build.');
  process.exitCode = 1;
}
