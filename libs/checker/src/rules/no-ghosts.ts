import { Recent } from '../recent.js';
import type { RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

/** Attempts whose starts are remembered. */
const attemptsMax = 100_000;

/**
 * I12: a handler runs only what an accepted event dispatched; once without a claim at most, never where the task asks to be
 * claimed first, and once by a claim, which must be the one that holds.
 */
export const noGhosts: RuleMaker = () => {
  const starts = new Recent<string, { readonly unclaimed: number; readonly claimed: number }>(attemptsMax);
  return {
    rule: 'I12',
    observed(seen, history) {
      if (seen.kind !== 'handler-began') return undefined;
      const what = `${attemptText(seen)} at ${seen.worker}`;
      const run = history.find(seen.run);
      if (run === undefined && history.ended.hasForgotten) return undefined;
      if (run === undefined || seen.attempt > (run.attempts.get(seen.task) ?? 0))
        return `Expected a handler to run only what was dispatched, but ${what} began as a ghost.`;
      const key = `${seen.run}/${seen.task}/${seen.attempt}`;
      const { unclaimed, claimed } = starts.get(key) ?? { unclaimed: 0, claimed: 0 };
      if (seen.claim === undefined) {
        starts.set(key, { unclaimed: unclaimed + 1, claimed });
        if (run.flow.spec(seen.task).claimFirst === true)
          return `Expected ${what} to be claimed first, as its task asks, but it began without a claim.`;
        return unclaimed === 0 ? undefined : `Expected at most one start without a claim, but ${what} was the second.`;
      }
      starts.set(key, { unclaimed, claimed: claimed + 1 });
      if (claimed > 0) return `Expected at most one start by a claim, but ${what} was the second.`;
      const flight = history.runs.get(seen.run)?.flights.get(seen.task);
      if (flight?.attempt !== seen.attempt || (flight.claim === seen.claim && flight.worker === seen.worker))
        return undefined;
      return `Expected ${what} to begin by the claim that holds, ${flight.claim ?? 'none'} of ${flight.worker}, but it did by ${seen.claim}.`;
    },
  };
};
