import { fork } from 'node:child_process';
import { join } from 'node:path';
import { add, noTotals, type Totals } from './totals.ts';

/** Seeds that one process is given at a time. */
const rangeMax = 25;

export interface SweepOptions {
  readonly from: number;
  readonly seeds: number;
  /** Processes side by side. */
  readonly jobs: number;
}

/** Runs `seeds` scenarios in processes of their own. Throws where one of them dies. */
export async function sweep({ from, seeds, jobs }: SweepOptions): Promise<Totals> {
  const totals = noTotals();
  let next = from;
  const take = (): { from: number; to: number } | undefined => {
    if (next >= from + seeds) return undefined;
    const range = { from: next, to: Math.min(next + rangeMax, from + seeds) };
    next = range.to;
    return range;
  };
  await Promise.all(Array.from({ length: jobs }, () => work(take, (more) => add(totals, more))));
  totals.failures.sort((one, other) => one.seed - other.seed);
  return totals;
}

function work(take: () => { from: number; to: number } | undefined, done: (totals: Totals) => void): Promise<void> {
  const child = fork(join(import.meta.dirname, 'seed-child.ts'), { execArgv: ['--stack-trace-limit=4'] });
  return new Promise((resolve, reject) => {
    let range = take();
    const go = (): void => {
      if (range !== undefined) return void child.send(range);
      child.disconnect();
    };
    child.on('message', (totals: Totals) => {
      done(totals);
      range = take();
      go();
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (range === undefined) resolve();
      else
        reject(
          new Error(`Expected seeds ${range.from} to ${range.to - 1} to be run, but their process ended with ${code}.`),
        );
    });
    go();
  });
}
