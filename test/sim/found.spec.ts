import { expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

/** Seeds under which something was wrong in the engine, as long as the same world comes of them. */
const found: readonly (readonly [seed: number, what: string])[] = [
  [428, 'an owner folded its own frames on behind records that the log had lost'],
  [271, 'an owner recalled what had been started because its publish went unacknowledged'],
  [5630, 'an owner stopped the claimant of an attempt for a heartbeat from before its claim'],
  [5809, 'a leap of the clock timed out what began in a slot that the same sweep had freed'],
];

it.each(found)('finds nothing wrong any more under seed %i: %s', async (seed) => {
  expect((await new Scenario({ seed }).run()).violations).toEqual([]);
});
