import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../setup/command.js';
import { Obstacle } from '../setup/obstacle.js';
import { root } from '../setup/root.js';
import { reachableFiles } from './reachable-files.js';
import { publishedManifest, userPackages } from './user-packages.js';

/** Of tsc: maps name sources that a package does not have. */
const mapLine = /\n?\/\/# sourceMappingURL=\S+\s*$/;

/**
 * Packs every package that users install, from what was built, into `to`. Gives for each its name, the path of its tarball, its
 * manifest and the packages that its files import. Throws an `Obstacle` where a README is missing or npm fails.
 */
export async function packPackages(to) {
  mkdirSync(to, { recursive: true });
  const staging = mkdtempSync(join(tmpdir(), 'millrace-pack-'));
  try {
    const staged = userPackages().map((each) => stage(each, staging));
    const { code, output } = await run('npm', [
      'pack',
      '--json',
      '--pack-destination',
      to,
      ...staged.map(({ folder }) => folder),
    ]);
    if (code !== 0) throw new Obstacle(`npm pack failed:\n${output}`);
    const packed = JSON.parse(output.slice(output.indexOf('[')));
    return staged.map(({ manifest, packages, isAskedFor }) => {
      const { filename, size, unpackedSize } = packed.find(({ name }) => name === manifest.name);
      return { name: manifest.name, tarball: join(to, filename), size, unpackedSize, manifest, packages, isAskedFor };
    });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function stage({ folder, manifest: own, isAskedFor }, staging) {
  const manifest = publishedManifest(own);
  const target = join(staging, manifest.name.replace('/', '-'));
  const { files, packages } = reachableFiles(folder, manifest.exports);
  for (const file of files.filter((each) => each !== 'package.json')) {
    const bytes = readFileSync(join(folder, file));
    write(target, file, /\.(js|ts)$/.test(file) ? bytes.toString('utf8').replace(mapLine, '\n') : bytes);
  }
  write(target, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  write(target, 'README.md', readFileSync(join(folder, 'README.md')));
  write(target, 'LICENSE', readFileSync(join(root, 'LICENSE')));
  return { folder: target, manifest, packages, isAskedFor };
}

function write(folder, file, content) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}
