import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packPackages, type PackedPackage } from '../../scripts/pack/pack-packages.js';

const run = promisify(execFile);

/** A folder outside of the checkout in which all packages that users install are installed, from their tarballs. */
export class PackedApp {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-packed-'));
  packed: readonly PackedPackage[] = [];

  /** @param beside what an application brings itself, such as Nest, by name and version. */
  async install(beside: Readonly<Record<string, string>>): Promise<this> {
    this.packed = await packPackages(join(this.folder, 'tarballs'));
    const files = this.packed.map(({ name, tarball }) => [name, `file:${tarball}`] as const);
    this.write(
      'package.json',
      JSON.stringify({ type: 'module', dependencies: { ...Object.fromEntries(files), ...beside } }),
    );
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-progress'];
    await run('npm', ['install', ...flags], { cwd: this.folder });
    return this;
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.folder, file, '..'), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs Node here without whatever conditions this process was started with; gives what it wrote. Rejects with its standard error. */
  async node(...args: string[]): Promise<string> {
    const { NODE_OPTIONS: _options, ...env } = process.env;
    return (await run(process.execPath, args, { cwd: this.folder, env })).stdout;
  }

  /** Names of the packages that `name` brings with it, itself included, as npm has laid them out. */
  closure(name: string): string[] {
    const found = new Map<string, string>();
    const visit = (wanted: string, from: string): void => {
      const at = this.#find(wanted, from);
      if (at === undefined || found.has(at)) return;
      found.set(at, wanted);
      for (const needed of Object.keys(this.#manifest(at).dependencies ?? {})) visit(needed, at);
    };
    visit(name, this.folder);
    this.#places.set(name, [...found.keys()]);
    return [...found.values()].sort();
  }

  /** Of all files of the closure of `name`. */
  installedBytes(name: string): number {
    this.closure(name);
    return this.#places.get(name)!.reduce((sum, folder) => sum + bytesIn(folder), 0);
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #places = new Map<string, string[]>();

  #find(name: string, from: string): string | undefined {
    const inner = join(from, 'node_modules', name);
    return this.#isThere(inner)
      ? inner
      : [join(this.folder, 'node_modules', name)].find((outer) => this.#isThere(outer));
  }

  #isThere(folder: string): boolean {
    return statSync(join(folder, 'package.json'), { throwIfNoEntry: false }) !== undefined;
  }

  #manifest(folder: string): { dependencies?: Record<string, string> } {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> };
  }
}

/** Those of packages within a package are theirs. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesIn(path);
    return sum + statSync(path).size;
  }, 0);
}
