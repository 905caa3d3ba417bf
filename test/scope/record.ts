import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopeReport } from './explore.ts';

const page = join(import.meta.dirname, 'README.md');
const [begin, end] = ['<!-- figures -->', '<!-- /figures -->'];

/** Puts the figures of a run into the README, with the commit and the date. */
export function record(reports: readonly ScopeReport[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const table = [
    `Written by \`npm run scope -- --record\` at ${commit}, ${date}:`,
    '',
    '| work | begins | faults at most | depth | states | transitions | let come to rest | CPU | violations |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...reports.map(rowOf),
  ].join('\n');
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < 0) throw new Error(`Expected ${begin} and ${end} in ${page}, but they are not there.`);
  writeFileSync(page, `${text.slice(0, before + begin.length)}\n\n${table}\n\n${text.slice(after)}`);
}

function rowOf({
  work,
  begin,
  faultsMax,
  depth,
  states,
  transitions,
  rested,
  cpuSeconds,
  counterexample,
}: ScopeReport): string {
  const counts = [states, transitions, rested].map((count) => count.toLocaleString('en'));
  const wrong = counterexample === undefined ? '0' : counterexample.rule;
  return `| ${[work, begin, faultsMax, depth, ...counts, `${cpuSeconds} s`, wrong].join(' | ')} |`;
}
