import { Recent } from '../recent.js';
import type { RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

/** Attempts whose un-marked delivery is remembered. */
const attemptsMax = 100_000;

/**
 * I11: a delivery is of an accepted dispatch and is sent un-marked at most once, by the epoch that dispatched it; a copy tells
 * the epoch that sends it.
 */
export const published: RuleMaker = () => {
  const unmarked = new Recent<string, true>(attemptsMax);
  return {
    rule: 'I11',
    observed(seen, history) {
      if (seen.kind !== 'published') return undefined;
      const run = history.find(seen.run);
      if (run === undefined && history.ended.hasForgotten) return undefined;
      const what = attemptText(seen);
      if (seen.attempt > (run?.attempts.get(seen.task) ?? 0))
        return `Expected ${what} to be published after its dispatch was accepted, but it was before.`;
      const flight = history.runs.get(seen.run)?.flights.get(seen.task);
      const isOfEpoch = seen.again ? seen.epoch >= (flight?.epoch ?? 0) : seen.epoch === flight?.epoch;
      if (flight?.attempt === seen.attempt && !isOfEpoch)
        return `Expected ${what} to be published with epoch ${flight.epoch}, which dispatched it, but it was with ${seen.epoch}.`;
      if (seen.again) return undefined;
      const key = `${seen.run}/${seen.task}/${seen.attempt}`;
      if (unmarked.get(key) === true)
        return `Expected ${what} to be published un-marked at most once, but it was twice.`;
      unmarked.set(key, true);
      return undefined;
    },
  };
};
