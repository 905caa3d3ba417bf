import { parseArgs } from 'node:util';
import { mutants } from './index.ts';
import { unchanged, type Mutant } from './mutant.ts';
import { putMutants } from './put-mutant.ts';

/** What one hunt found. */
export interface Hunt {
  readonly mutant: string;
  /** The first seed that broke a rule, and the rule; absent where none did. */
  readonly caught?: { readonly seed: number; readonly rule: string };
  /** Scenarios that were run. */
  readonly scenarios: number;
}

/** In a process of its own: the first seed from 1 on that catches the mutant, as one line of JSON. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string' }, 'seconds-max': { type: 'string' } },
});
const sound: Mutant = { name: unchanged, bug: 'none', patches: [] };
const mutant = [sound, ...mutants].find(({ name }) => name === positionals[0]);
if (mutant === undefined) throw new Error(`Expected a mutant, but ${positionals[0]} is none.`);
putMutants([mutant, ...mutants.filter(({ name }) => name === mutant.with)]);
console.log(JSON.stringify(await hunt(mutant, Number(values.seeds), Number(values['seconds-max']))));
process.exit();

async function hunt({ name }: Mutant, seeds: number, secondsMax: number): Promise<Hunt> {
  const { Scenario } = await import('../scenario.ts');
  const until = performance.now() + secondsMax * 1_000;
  let scenarios = 0;
  for (let seed = 1; seed <= seeds && performance.now() < until; seed++) {
    const { violations } = await new Scenario({ seed }).run();
    scenarios += 1;
    if (violations[0] !== undefined) return { mutant: name, caught: { seed, rule: violations[0].rule }, scenarios };
  }
  return { mutant: name, scenarios };
}
