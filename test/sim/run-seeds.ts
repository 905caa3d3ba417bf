import { Scenario, type ScenarioResult } from './scenario.ts';
import { shrink } from './shrink.ts';
import { add, noTotals, totalsOf, type Totals } from './totals.ts';

/** Of a failing seed's story are shown so many lines. */
const storyLines = 40;

/** The seeds from `from` to before `to`, one after the other; one that fails is run again for its story. */
export async function runSeeds(from: number, to: number): Promise<Totals> {
  const totals = noTotals();
  for (let seed = from; seed < to; seed++) {
    const result = await new Scenario({ seed }).run();
    add(totals, totalsOf(result));
    if (result.violations.length > 0) totals.failures.push(await told(result));
  }
  return totals;
}

async function told(found: ScenarioResult): Promise<Totals['failures'][0]> {
  const { seed, violations, steps, without } = await shrink(found);
  const replay = await new Scenario({ seed, without, storyLinesMax: storyLines }).run();
  const differs = { rule: 'same-seed-same-world', what: `${steps} steps, and ${replay.steps} when it was replayed` };
  const left = without.size === 0 ? '' : ` --without ${[...without].join()}`;
  return {
    ...{ seed, story: replay.story, faults: Object.fromEntries(replay.faults) },
    violations: replay.steps === steps ? violations : [...violations, differs],
    command: `npm run sim -- --seed ${seed}${left} --story 400`,
  };
}
