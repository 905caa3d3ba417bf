/** What a package weighs. */
export interface PackageSizes {
  readonly name: string;
  /** Users install it by name. */
  readonly isAskedFor: boolean;
  /** Of the tarball. */
  readonly packedBytes: number;
  /** Of its own files. */
  readonly ownBytes: number;
  /** With all that it brings; what an application brings itself, such as Nest, left out. */
  readonly installedBytes: number;
  /** Packages that it brings, ours included. */
  readonly brings: number;
}

export function packagesPage(sizes: readonly PackageSizes[]): string {
  const rows = sizes.map(({ name, isAskedFor, packedBytes, ownBytes, installedBytes, brings }) => {
    const kB = [packedBytes, ownBytes, installedBytes].map((bytes) => `${Math.round(bytes / 1_000)} kB`);
    return `| \`${name}\` | ${isAskedFor ? 'by you' : 'with these'} | ${[...kB, brings].join(' | ')} |`;
  });
  return `# Packages

What a service installs: ES modules with their types, Node 24 or newer (\`@millrace/client\` runs in browsers too), all of one version.
\`npm run pack -- <folder>\` packs them from what was built.

| package | installed | tarball | its files | with all that it brings | packages that it brings |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

\`@millrace/nestjs\` uses the Nest 12 of the application. The test that installs these packages in an empty folder, runs them and checks their types
writes this table: \`UPDATE_DOCS=1 npx vitest run --project int test/packages.int.spec.ts\`.
`;
}

/** The sizes that a page tells. */
export function readSizes(page: string): PackageSizes[] {
  return [
    ...page.matchAll(/^\| `([^`]+)` +\| (by you|with these) +\| (\d+) kB +\| (\d+) kB +\| (\d+) kB +\| (\d+) +\|/gm),
  ].map(([, name, installed, packed, own, all, brings]) => ({
    name: name!,
    isAskedFor: installed === 'by you',
    packedBytes: Number(packed) * 1_000,
    ownBytes: Number(own) * 1_000,
    installedBytes: Number(all) * 1_000,
    brings: Number(brings),
  }));
}
