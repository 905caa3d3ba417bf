import { expect, it, vi } from 'vitest';
import { fuzz, sharesOf } from './fuzz.ts';

const inputsDefault = 1_000_000;
const seedDefault = 20_261_125;

/** Fuzzes these targets with their share of all inputs; `npm run fuzz` says how many and with which seed. */
export function fuzzSpec(names: readonly string[]): void {
  /** Generous: a longer run takes its time, and nothing here waits. */
  vi.setConfig({ testTimeout: 24 * 60 * 60 * 1_000 });
  const { FUZZ_INPUTS: inputs = inputsDefault, FUZZ_SEED: seedText = seedDefault, FUZZ_ONLY: onlyText } = process.env;
  const seed = Number(seedText);
  const chosen = onlyText === undefined ? names : [onlyText];
  const own = onlyText === undefined ? Math.ceil((Number(inputs) * sharesOf(names)) / sharesOf()) : Number(inputs);

  it(`${own} mutants break nothing that reads ${chosen.join(', ')} (seed ${seed})`, () => {
    const { read, found } = fuzz({ seed, inputs: own, only: chosen });
    console.log(`fuzz: seed ${seed}, read ${JSON.stringify(read)}`);
    expect(found).toEqual([]);
    expect(Object.keys(read)).toEqual(chosen);
    expect(Object.values(read).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(own);
  });
}
