import { Scenario, type ScenarioResult } from './scenario.ts';
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

async function told({ seed, violations, steps }: ScenarioResult): Promise<Totals['failures'][0]> {
  const replay = await new Scenario({ seed, storyLinesMax: storyLines }).run();
  const differs = { rule: 'same-seed-same-world', what: `${steps} steps, and ${replay.steps} when it was replayed` };
  return {
    ...{ seed, story: replay.story },
    violations: replay.steps === steps ? violations : [...violations, differs],
    command: `npm run sim -- --seed ${seed} --story 400`,
  };
}
