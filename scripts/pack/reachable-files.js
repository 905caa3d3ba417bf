import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const packageName = /^(@[a-z0-9-]+\/)?[a-z][\w.:/-]*$/;
const imports = /(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]|new URL\(['"]([^'"]+)['"],\s*import\.meta\.url\)/g;

/**
 * The files of a package that its entries reach, by relative path, and the packages that these import. A module brings its
 * declarations. Throws where one is missing.
 */
export function reachableFiles(folder, exported) {
  const waiting = Object.values(exported).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  const files = new Set();
  const packages = new Set();
  while (waiting.length > 0) {
    const file = normalize(waiting.pop());
    if (files.has(file)) continue;
    if (!existsSync(join(folder, file)))
      throw new Error(`Expected ${file} in ${folder}, but it is not there. Build first.`);
    files.add(file);
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    const declarations = file.replace(/\.js$/, '.d.ts');
    if (existsSync(join(folder, declarations))) waiting.push(declarations);
    for (const [, imported, beside] of withoutComments(readFileSync(join(folder, file), 'utf8')).matchAll(imports)) {
      const wanted = imported ?? beside;
      if (packageName.test(wanted)) packages.add(wanted);
      else if (!wanted.startsWith('.')) continue;
      else
        waiting.push(
          file.endsWith('.d.ts') ? join(dirname(file), wanted.replace(/\.js$/, '.d.ts')) : join(dirname(file), wanted),
        );
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

function withoutComments(text) {
  return text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
}
