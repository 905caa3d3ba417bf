import type { RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

/** I10: attempts of a task run count 1, 2, 3, ..., so that at most one dispatch of each is ever accepted. */
export const dispatchedOnce: RuleMaker = () => ({
  rule: 'I10',
  entry({ item, entry, verdict }, { runs }) {
    if (item.type !== 'TasksDispatched' || verdict.kind !== 'accepted') return undefined;
    const named = item.entries[entry]!;
    const run = runs.get(named.run);
    if (run === undefined || !run.has(named.task))
      return `Expected a dispatch in a run that lives, but ${attemptText(named)} was accepted.`;
    const last = run.attempts.get(named.task) ?? 0;
    if (named.attempt !== last + 1)
      return `Expected attempt ${last + 1} of ${attemptText({ run: named.run, task: named.task })} to be dispatched next, but attempt ${named.attempt} was accepted.`;
    return undefined;
  },
  consequence(fact, { item, entry }, _history) {
    if (fact.fact !== 'transition' || fact.to !== 'dispatched') return undefined;
    const named = item.type === 'TasksDispatched' ? item.entries[entry] : undefined;
    if (named?.run === fact.run && named.task === fact.task) return undefined;
    return `Expected ${attemptText(fact)} to be dispatched by an entry that names it, but ${item.type} did it.`;
  },
});
