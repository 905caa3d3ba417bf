import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { historyOf, lastSaying, violationsIn } from '../testing/history-of.js';

it('passes rules that rise by one, and finds a leap, a fall and a wrong refusal', () => {
  const right = historyOf(given.born(), given.rulesAdvanced({ rules: 2 }), given.rulesAdvanced({ rules: 3 }));
  expect(violationsIn(right)).toEqual([]);
  const refused = { fact: 'rejection', entry: 0, reason: 'rules-not-next' } as const;
  expect(violationsIn(lastSaying(right, refused))).toMatchObject([{ rule: 'I3', offset: 2 }]);
  for (const rules of [1, 4]) {
    const wrong = historyOf(given.born(), given.rulesAdvanced({ rules: 2 }), given.rulesAdvanced({ rules }));
    expect(violationsIn(wrong)).toEqual([]);
    const accepted = { fact: 'accepted', type: 'RulesAdvanced' } as const;
    expect(violationsIn(lastSaying(wrong, accepted))).toMatchObject([{ rule: 'I3', offset: 2 }]);
  }
});

it('finds a claim of somebody who does not know the rules that were raised', () => {
  const claim = historyOf(given.born(), given.rulesAdvanced(), given.claimed({ knows: 1 }));
  expect(violationsIn(claim)).toEqual([]);
  const accepted = { fact: 'accepted', type: 'PartitionClaimed' } as const;
  expect(violationsIn(lastSaying(claim, accepted))).toMatchObject([{ rule: 'I9' }]);
});
