import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/root.js';

/** What users install by name; the others come with these. */
const asked = ['client', 'worker', 'nestjs', 'testing', 'workflow'];

/** Entries that hold the doubles of our own specs: they import what no user has. */
const houseOnly = new Set(['@millrace/domain#./testing', '@millrace/runtime#./testing', '@millrace/worker#./testing']);

/** The packages that are published with what they need of ours, each before who needs it: folder and manifest. */
export function userPackages() {
  const found = new Map();
  const add = (name) => {
    if (found.has(name)) return;
    const folder = join(root, 'libs', name);
    if (!existsSync(join(folder, 'package.json'))) return;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const needed of Object.keys(manifest.dependencies ?? {}))
      if (needed.startsWith('@millrace/')) add(needed.slice('@millrace/'.length));
    found.set(name, { folder, manifest, isAskedFor: asked.includes(name) });
  };
  for (const name of asked) add(name);
  return [...found.values()];
}

/** The manifest as users get it: no conditions and no entries that only this repository has. */
export function publishedManifest(own) {
  const manifest = without(own, 'nx', 'devDependencies', 'private');
  const entries = Object.entries(manifest.exports)
    .filter(([entry]) => !houseOnly.has(`${manifest.name}#${entry}`))
    .map(([entry, target]) => [entry, typeof target === 'string' ? target : without(target, '@millrace/source')]);
  return {
    ...manifest,
    exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
    engines: { node: '>=24' },
    sideEffects: false,
    publishConfig: { access: 'public' },
  };
}

function without(object, ...names) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
