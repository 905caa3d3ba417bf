import type { FaultClass } from './faults/fault-plan.ts';
import { Scenario, type ScenarioResult } from './scenario.ts';

/**
 * Leaves out one class of faults after the other for as long as the same rule is broken: what is left is the smaller story.
 * Costs one scenario for each class that has struck.
 */
export async function shrink(found: ScenarioResult): Promise<ScenarioResult> {
  const { seed } = found;
  const [first] = found.violations;
  let smallest = found;
  for (const kind of found.faults.keys()) {
    const without = new Set<FaultClass>([...smallest.without, kind]);
    const tried = await new Scenario({ seed, without }).run();
    if (tried.violations[0]?.rule === first?.rule) smallest = tried;
  }
  return smallest;
}
