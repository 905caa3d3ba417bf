import { describe, expect, it } from 'vitest';
import * as given from '../testing/index.js';
import { givenLog, rejection } from '../testing/index.js';

describe('RulesAdvanced', () => {
  it('raises the rules of the partition by one', () => {
    givenLog(given.born())
      .when(given.rulesAdvanced({ rules: 2 }), given.rulesAdvanced({ rules: 3 }))
      .thenState((state) => expect([state.rules, state.accepted, state.rejected]).toEqual([3, 3, 0]));
  });

  it.each([1, 3])('is rejected where it is not the next: %i', (rules) => {
    givenLog(given.born()).when(given.rulesAdvanced({ rules })).then(rejection('rules-not-next'));
  });

  it('lets nobody claim who does not know what is in force', () => {
    givenLog(given.born(), given.rulesAdvanced())
      .when(given.claimed({ knows: 1 }))
      .then(rejection('rules-unknown'));
  });
});
