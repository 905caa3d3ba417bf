import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import type { FactSaid } from '../observation.js';
import { begun, foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { retryBudget } from './retry-budget.js';

const failing = historyOf(begun, given.dispatched(given.single), given.failed(given.single, { chance: 500_000 }));
const accepted = { fact: 'accepted', type: 'TaskFinished' } as const;
const moved = (to: 'backing_off' | 'dead_lettered' | 'failed', dueAt?: number): FactSaid => ({
  fact: 'transition', ...given.single, from: 'dispatched', to, move: dueAt === undefined ? {} : { dueAt },
}); // prettier-ignore

it('passes a back-off as the policy says, and finds other delays and ends before the budget is spent', () => {
  expect(foundBy(retryBudget, failing)).toEqual([]);
  expect(foundBy(retryBudget, lastSaying(failing, accepted, moved('backing_off', given.epochStart + 500)))).toEqual([]);
  for (const wrong of [moved('backing_off', given.epochStart + 501), moved('dead_lettered'), moved('failed')]) {
    expect(foundBy(retryBudget, lastSaying(failing, accepted, wrong))).toEqual(['I24']);
  }
});

it('passes the end of a spent budget, and finds another retry, also where only a hand-back was counted', () => {
  const once = [given.born(), given.claimed(), given.workersSeen({}), given.singleRequested({ retry: { failuresMax: 1 } }), given.dispatched(given.single)]; // prettier-ignore
  const spent = historyOf(once, given.failed(given.single));
  expect(foundBy(retryBudget, spent)).toEqual([]);
  expect(foundBy(retryBudget, lastSaying(spent, accepted, moved('backing_off', given.epochStart)))).toEqual(['I24']);
  const died = historyOf(once, given.died(given.single));
  expect(foundBy(retryBudget, died)).toEqual([]);
  expect(foundBy(retryBudget, lastSaying(died, accepted, moved('dead_lettered')))).toEqual(['I24']);
});
