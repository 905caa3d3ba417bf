import type { RuleMaker } from '../rule.js';

/** I21: whatever happens, happens at partition time: the later of what it was and the append time, which no writer's clock leads by more than a minute. */
export const partitionTime: RuleMaker = () => ({
  rule: 'I21',
  consequence(fact, { item }, { time }) {
    const at = fact.fact === 'transition' ? fact.move.at : fact.fact === 'born' ? fact.at : undefined;
    if (at === undefined || at === time) return undefined;
    return `Expected what follows from ${item.type} to be of ${time}, which is partition time, but it is of ${at}.`;
  },
});
