import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopeReport } from './explore.ts';
import { cellsOf, columns } from './told.ts';

const page = join(import.meta.dirname, 'README.md');
const [begin, end] = ['<!-- figures -->', '<!-- /figures -->'];

/** The commit of the code that is loaded now. */
export function commitNow(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}

/** Puts the figures of a run into the README, with its commit and the date. */
export function record(reports: readonly ScopeReport[], commit: string): void {
  const date = new Date().toISOString().slice(0, 10);
  const table = [
    `Written by \`npm run scope -- --record\` at ${commit}, ${date}:`,
    '',
    lineOf([...columns, 'violations']),
    lineOf([...columns, 'violations'].map(() => '---')),
    ...reports.map(rowOf),
  ].join('\n');
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < 0) throw new Error(`Expected ${begin} and ${end} in ${page}, but they are not there.`);
  writeFileSync(page, `${text.slice(0, before + begin.length)}\n\n${table}\n\n${text.slice(after)}`);
}

function rowOf(report: ScopeReport): string {
  return lineOf([...cellsOf(report), report.counterexample?.rule ?? '0']);
}

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
