import type { ScopeReport } from './explore.ts';

/** What a report says, in the order of its columns; the figures as numbers. */
export const columns = [
  'work',
  'begins',
  'faults at most',
  'depth',
  'states',
  'transitions',
  'let come to rest',
  'CPU',
];

/** One report under `columns`. */
export function cellsOf(report: ScopeReport): string[] {
  const { work, begin, faultsMax, depth, states, transitions, rested, cpuSeconds } = report;
  const counts = [states, transitions, rested].map((count) => count.toLocaleString('en'));
  return [work, begin, String(faultsMax), String(depth), ...counts, `${cpuSeconds} s`];
}
