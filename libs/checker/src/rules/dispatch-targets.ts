import type { RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

const dayMs = 24 * 60 * 60 * 1_000;

/** I17: what is dispatched is not paused and goes to a worker that was seen and is not lost; a lost worker keeps nothing. */
export const dispatchTargets: RuleMaker = () => ({
  rule: 'I17',
  entry({ item, entry, verdict }, { runs, workers, time }) {
    if (item.type !== 'TasksDispatched' || verdict.kind !== 'accepted') return undefined;
    const named = item.entries[entry]!;
    if (runs.get(named.run)?.isPaused === true)
      return `Expected nothing of a paused run to be dispatched, but ${attemptText(named)} was.`;
    const worker = workers.get(named.worker);
    if (worker === undefined)
      return `Expected ${attemptText(named)} to go to a worker that was seen, but ${named.worker} was not.`;
    const isLost = worker.lostAt !== undefined && worker.lostAt >= time - dayMs;
    return isLost
      ? `Expected ${attemptText(named)} to go to a worker that is not lost, but ${named.worker} is.`
      : undefined;
  },
  settled({ item, verdict }, { runs }) {
    if (item.type !== 'WorkerLost' || verdict.kind !== 'accepted') return undefined;
    for (const run of runs.values()) {
      for (const [task, { worker }] of run.flights) {
        if (worker === item.worker)
          return `Expected a lost worker to keep nothing, but ${attemptText({ run: run.id, task })} is in flight at ${worker} still.`;
      }
    }
    return undefined;
  },
});
