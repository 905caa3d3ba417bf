import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import * as prettier from 'prettier';
import { publint } from 'publint';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PackedApp } from './support/packed-app.js';
import { publicNames } from './support/public-names.js';
import { packagesPage, readSizes, type PackageSizes } from './support/packages-page.js';

const root = join(import.meta.dirname, '..');
const { devDependencies: ofNestjs } = JSON.parse(readFileSync(join(root, 'libs/nestjs/package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
};
const nest = ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'reflect-metadata', 'rxjs'];

let app: PackedApp;
beforeAll(async () => {
  app = await new PackedApp().install(Object.fromEntries(nest.map((name) => [name, ofNestjs[name]!])));
  for (const file of ['run.mjs', 'types.ts', 'browser.ts'])
    app.write(file, readFileSync(join(root, 'test/support/packed', file), 'utf8'));
}, 240_000);
afterAll(() => app?.delete());

it('the packages run in an empty folder, whichever conditions Node knows', async () => {
  expect(await app.node('run.mjs')).toBe('runs\n');
  expect(await app.node('--conditions=@millrace/source', 'run.mjs')).toBe('runs\n');
});

/** What the compiler says of one file there and of the declarations of our packages, which `skipLibCheck` would pass over. */
function faultsOf(file: string, moduleResolution: 'nodenext' | 'bundler', more: ts.CompilerOptions): string[] {
  const bundler = moduleResolution === 'bundler';
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    experimentalDecorators: true,
    target: ts.ScriptTarget.ES2024,
    module: bundler ? ts.ModuleKind.ESNext : ts.ModuleKind.NodeNext,
    moduleResolution: bundler ? ts.ModuleResolutionKind.Bundler : ts.ModuleResolutionKind.NodeNext,
    typeRoots: [join(root, 'node_modules/@types')],
    ...more,
  };
  const program = ts.createProgram([join(app.folder, file)], options);
  expect(program.getSourceFiles().some(({ fileName }) => fileName.includes('@millrace/client/dist'))).toBe(true);
  return program
    .getSourceFiles()
    .filter(({ fileName }) => !/node_modules\/(?!@millrace)/.test(fileName))
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .concat(program.getOptionsDiagnostics())
    .map(
      ({ file: where, messageText }) =>
        `${where?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

it.each(['nodenext', 'bundler'] as const)('their types hold under strict with moduleResolution %s', (resolution) => {
  expect(faultsOf('types.ts', resolution, { lib: ['lib.es2024.d.ts'], types: ['node'] })).toEqual([]);
  expect(
    faultsOf('browser.ts', resolution, {
      lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
      types: [],
    }),
  ).toEqual([]);
});

it('publint and attw find nothing', async () => {
  const found: string[] = [];
  for (const { name, tarball } of app.packed) {
    const bytes = readFileSync(tarball);
    const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const { messages } = await publint({ pack: { tarball: data }, strict: true });
    found.push(...messages.map((message) => `${name}: ${message.code} ${JSON.stringify(message.args)}`));
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
    const problems = 'problems' in checked ? checked.problems : [];
    // ES modules only, by intent: CommonJS loads them with require() of Node 24, and TypeScript's node10 knows no exports.
    const matters = problems.filter((problem) => {
      return (
        problem.kind !== 'CJSResolvesToESM' && !('resolutionKind' in problem && problem.resolutionKind === 'node10')
      );
    });
    found.push(...matters.map((problem) => `${name}: ${JSON.stringify(problem)}`));
  }
  expect(found).toEqual([]);
}, 120_000);

it('they name every package that they import, and the client brings no Kafka', () => {
  for (const { name, packages, manifest } of app.packed) {
    const named = { ...manifest.dependencies, ...manifest.peerDependencies };
    const others = packages.filter((each) => !each.startsWith('node:'));
    const missing = others.map(packageOf).filter((each) => each !== name && !(each in named));
    expect([name, missing]).toEqual([name, []]);
  }
  for (const name of ['@millrace/client', '@millrace/protocol', '@millrace/domain'])
    expect(app.packed.find((each) => each.name === name)!.packages.filter((each) => each.startsWith('node:'))).toEqual(
      [],
    );
  expect(app.closure('@millrace/client').filter((name) => /kafka|nest|runtime|piscina/.test(name))).toEqual([]);
  expect(app.closure('@millrace/worker')).toContain('kafkajs');
});

/** Of the engine's parts, what users may meet: plain data, and the journal that they may give. */
const vocabulary: Readonly<Record<string, readonly string[]>> = {
  '@millrace/domain': ['Json', 'RunId', 'TaskIndex', 'WorkerId', 'Instant'],
  '@millrace/runtime': ['Journal'],
  '@millrace/kafka': [],
};

it('what users install names no part of the engine in its types', () => {
  const entries = app.packed
    .filter(({ isAskedFor }) => isAskedFor)
    .map(({ name }) => join(app.folder, 'node_modules', name, 'dist/index.d.ts'));
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, noEmit: true };
  const program = ts.createProgram(entries, options);
  const leaks = entries.flatMap((entry) => {
    const names = [...publicNames(program, entry)];
    expect(names.length).toBeGreaterThan(3);
    const isLeak = ([from, name]: string[]): boolean =>
      vocabulary[from!] !== undefined && !vocabulary[from!]!.includes(name!);
    return names.filter((each) => isLeak(each.split(': '))).map((each) => `${entry.split('/').at(-3)} names ${each}`);
  });
  expect(leaks).toEqual([]);
}, 60_000);

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

it('docs/reference/packages.md says what they weigh, to a quarter (UPDATE_DOCS=1 rewrites it)', async () => {
  const file = join(root, 'docs/reference/packages.md');
  const sizes = app.packed.map((each): PackageSizes => {
    const { name, isAskedFor, size: packedBytes, unpackedSize: ownBytes } = each;
    return {
      name,
      isAskedFor,
      packedBytes,
      ownBytes,
      installedBytes: app.installedBytes(name),
      brings: app.closure(name).length - 1,
    };
  });
  const format = async (text: string) =>
    prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, await format(packagesPage(sizes)));
  const page = readFileSync(file, 'utf8');
  expect(await format(packagesPage(readSizes(page)))).toBe(page);
  const close = (now: number, told: number): boolean => Math.abs(now - told) <= Math.max(0.25 * told, 10_000);
  const stale = sizes.filter((now) => {
    const told = readSizes(page).find(({ name }) => name === now.name);
    if (told === undefined || told.isAskedFor !== now.isAskedFor) return true;
    return !(['packedBytes', 'ownBytes', 'installedBytes'] as const).every((size) => close(now[size], told[size]));
  });
  expect([stale, readSizes(page).length]).toEqual([[], sizes.length]);
});
