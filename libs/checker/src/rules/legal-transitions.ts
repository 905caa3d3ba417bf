import { edges } from '../history/statuses.js';
import type { RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

/** I4: a task run moves along the edges of the table, from where it stands, and only by an accepted event. */
export const legalTransitions: RuleMaker = () => ({
  rule: 'I4',
  consequence(fact, { item, verdict }, { runs }) {
    if (fact.fact !== 'transition') return undefined;
    const { from, to, task } = fact;
    const what = attemptText(fact);
    if (verdict.kind !== 'accepted')
      return `Expected ${what} to stay as it is, but ${item.type}, ${verdict.kind}, moved it ${from} -> ${to}.`;
    const run = runs.get(fact.run);
    if (run === undefined || !run.has(task))
      return `Expected ${what} to be of a run that lives, but it moved ${from} -> ${to}.`;
    const stood = run.statusOf(task);
    if (stood !== from) return `Expected ${what} to move from ${stood}, where it stood, but it moved ${from} -> ${to}.`;
    if (edges[from]?.includes(to) !== true)
      return `Expected ${what} to take an edge of the table, but it moved ${from} -> ${to}.`;
    return undefined;
  },
});
