import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'reference');

/** Expects that `docs/reference/<name>` is what the code makes of it; with UPDATE_DOCS=1 it is written so. */
export async function expectPage(name: string, text: string): Promise<void> {
  const file = join(folder, name);
  const current = await format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, current);
  expect(readFileSync(file, 'utf8')).toBe(current);
}

/** A table of Markdown; bars in cells are escaped, line ends become spaces. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const madeBy = 'This page is made of the code: `UPDATE_DOCS=1 npx vitest run test/reference`.';
