import { expect, it } from 'vitest';
import { Scenario } from './scenario.ts';
import { sweep } from './sweep.ts';
import { faultsOf } from './totals.ts';

/** Seeds of the gate; another number of them by `MILLRACE_SIM_SEEDS`. */
const seeds = Number(process.env['MILLRACE_SIM_SEEDS'] ?? 10_000);
/** Processes that share them. */
const jobs = 2;
const perScenarioMsMax = 500;

it(
  `finds nothing wrong in ${seeds} simulated worlds full of faults`,
  async () => {
    const { failures, ...figures } = await sweep({ from: 1, seeds, jobs });
    console.log(JSON.stringify({ ...figures, faultsInAll: faultsOf({ ...figures, failures }) }, null, 2));
    expect(failures).toEqual([]);
    expect(figures).toMatchObject({ scenarios: seeds, violations: 0, lost: 0, stuck: 0 });
    expect(figures.executed.claimFirst.timesMax).toBe(1);
    expect(faultsOf({ ...figures, failures })).toBeGreaterThanOrEqual(60 * seeds);
    expect(figures.tasks).toBeGreaterThanOrEqual(13 * seeds);
  },
  60_000 + perScenarioMsMax * seeds,
);

it('makes the same world of the same seed', async () => {
  const worlds = [await new Scenario({ seed: 7 }).run(), await new Scenario({ seed: 7 }).run()];
  expect(worlds[0]).toEqual(worlds[1]);
});
