import type { RuleMaker } from '../rule.js';

/** I3: the rules of a partition rise by one at a time, and by nothing else. */
export const rulesByOne: RuleMaker = () => ({
  rule: 'I3',
  entry({ item, verdict }, { rules }) {
    if (item.type !== 'RulesAdvanced') return undefined;
    const isNext = item.rules === rules + 1;
    if (verdict.kind === 'accepted' && !isNext)
      return `Expected the rules to rise from ${rules} to ${rules + 1}, but they rose to ${item.rules}.`;
    const isRefused = verdict.kind === 'rejected' && verdict.reason === 'rules-not-next';
    return isRefused && isNext ? `Expected the rules to rise to ${item.rules}, but that was rejected.` : undefined;
  },
});
