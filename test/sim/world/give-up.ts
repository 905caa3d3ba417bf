import { Chance } from '@millrace/runtime/testing';

/** Where writers are impatient; drawn apart, so that it moves nothing of what else a seed draws. */
const impatient = { seeds: 0.25, giveUpMsMin: 200, giveUpMsMax: 2_500 };

/** After how long writers of this world give a frame up and go on under another name; undefined: later than worlds last. */
export function giveUpMsOf(seed: number): number | undefined {
  const chance = new Chance(~seed);
  return chance.happens(impatient.seeds) ? chance.between(impatient.giveUpMsMin, impatient.giveUpMsMax) : undefined;
}
