import { expect, it } from 'vitest';
import { Scenario } from './scenario.ts';
import { runSeeds } from './run-seeds.ts';
import { faultsOf } from './totals.ts';

/** Seeds of the gate; more of them by `MILLRACE_SIM_SEEDS`. */
const seeds = Number(process.env['MILLRACE_SIM_SEEDS'] ?? 1_000);
const perScenarioMsMax = 1_000;

it(
  `finds nothing wrong in ${seeds} simulated worlds full of faults`,
  async () => {
    const totals = await runSeeds(1, 1 + seeds);
    expect(totals.failures).toEqual([]);
    expect(totals).toMatchObject({ scenarios: seeds, violations: 0, lost: 0, stuck: 0 });
    expect(totals.executed.claimFirst.timesMax).toBe(1);
    expect(faultsOf(totals)).toBeGreaterThan(20 * seeds);
  },
  60_000 + perScenarioMsMax * seeds,
);

it('makes the same world of the same seed', async () => {
  const worlds = [await new Scenario({ seed: 7 }).run(), await new Scenario({ seed: 7 }).run()];
  expect(worlds[0]).toEqual(worlds[1]);
});
