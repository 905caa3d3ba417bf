import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Hunt } from './hunt.ts';
import { mutants } from './index.ts';
import { unchanged } from './mutant.ts';
import { sourcesOf } from './put-mutant.ts';

const run = promisify(execFile);

export interface HuntOptions {
  /** Seeds that are tried, from 1. */
  readonly seeds: number;
  /** Processes at once. */
  readonly jobs: number;
  /** A hunt gives up after this, in seconds. */
  readonly secondsMax: number;
  readonly told: (hunt: Hunt) => void;
}

/**
 * Hunts every mutant in a process of its own; in the order of the list. Throws where one does not fit the code, and where
 * the engine breaks a rule without any of them: then nothing would be known of a mutant.
 */
export async function huntAll({ seeds, jobs, secondsMax, told }: HuntOptions): Promise<Hunt[]> {
  for (const mutant of mutants) sourcesOf([mutant]);
  const names = mutants.map(({ name }) => name);
  const { caught } = await huntOne(unchanged, seeds, secondsMax);
  if (caught !== undefined) {
    throw new Error(`Expected seeds 1 to ${seeds} to pass without a mutant, but ${caught.seed} breaks ${caught.rule}.`);
  }
  const found = new Map<string, Hunt>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const hunt = await huntOne(name, seeds, secondsMax);
      found.set(name, hunt);
      told(hunt);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return names.map((name) => found.get(name)!);
}

/** A bug that ends the process, or keeps its loop busy, is caught by that. */
async function huntOne(name: string, seeds: number, secondsMax: number): Promise<Hunt> {
  const args = [
    join(import.meta.dirname, 'hunt.ts'),
    name,
    '--seeds',
    String(seeds),
    '--seconds-max',
    String(secondsMax),
  ];
  try {
    const { stdout } = await run(process.execPath, args, { timeout: 2 * secondsMax * 1_000, maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Hunt;
  } catch (error) {
    const { killed, stderr = '' } = error as { killed?: boolean; stderr?: string };
    const said =
      killed === true ? 'hangs' : `ends the process: ${stderr.trim().split('\n').at(-1) ?? ''}`.slice(0, 120);
    return { mutant: name, caught: { seed: 1, rule: said }, scenarios: 0 };
  }
}
