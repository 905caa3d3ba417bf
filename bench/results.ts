import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { describeMachine } from './machine.ts';
import type { Spread } from './figures.ts';

/** What one call of the bench measured. */
export interface Result {
  readonly workload: string;
  readonly title: string;
  readonly size: number;
  readonly rounds: number;
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly machine: ReturnType<typeof describeMachine>;
  readonly figures: Readonly<Record<string, Spread>>;
}

const folder = join(import.meta.dirname, 'results');

/** What is asked of the first engine, by workload and figure. */
const goals: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  w1: { 'cpuUs sum': '<= 110' },
  'w1-loop': { growth: '<= 1.1' },
  w3: { runMs: '<= 3,000' },
  w4: { hopMs: '<= 8', lastTenthHopMs: 'as the first' },
  w10: { 'bytes sum': '<= 1,024' },
  w11: { 'engineUs 10000': '<= 3', 'engineUs 100000': '<= 3', 'engineUs 1000000': '<= 3', 'engineUs growth': '<= 1.2' },
  w6: { p50Ms: '<= 10', p99Ms: '<= 30' },
  w9: { restoreMs: '<= 3,000', kafkaRestoreMs: '<= 3,000' },
  'cli-start': { 'cpuMs --help': '<= 150' },
  'client-overhead': { overheadUs: '<= 60', typedOverheadUs: '<= 60' },
  'worker-overhead': { workerUs: '<= 12' },
  takeover: { 'graceful p99Ms': '<= 2,000', 'kill p99Ms': '<= 10,000' },
};

/** Keeps a result as JSON beside the bench and writes RESULTS.md anew from all that are kept. */
export function record(result: Result): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${result.workload}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const results = files.sort().map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result);
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), pageOf(results));
}

function pageOf(results: readonly Result[]): string {
  const head = [
    '# Results',
    '',
    'Written by `npm run bench -- <workload> --record`; the method is in [README.md](README.md). Figures are medians with',
    'minimum and maximum over the rounds. Wall-clock figures of two shared cores are noise to some degree; CPU per task is not.',
    '',
  ];
  return [...head, ...results.flatMap(sectionOf)].join('\n');
}

function sectionOf({ workload, title, size, rounds, loadAverage, machine, figures }: Result): string[] {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  const rows = Object.entries(figures).map(([name, { median, min, max }]) => {
    const goal = goals[workload]?.[name] ?? '';
    return `| ${name} | ${text(median)} | ${text(min)} | ${text(max)} | ${goal} |`;
  });
  return [
    `## ${title}`,
    '',
    `Size ${size.toLocaleString('en')}, ${rounds} rounds after a warm-up, load average ${loadAverage.before} before and ${loadAverage.after} after.`,
    `${facts.join(' · ')}`,
    '',
    '| figure | median | min | max | goal |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function text(value: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
