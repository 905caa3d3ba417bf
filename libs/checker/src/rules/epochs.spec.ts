import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { historyOf, lastSaying, violationsIn } from '../testing/history-of.js';

it('passes claims that count up, and finds a skipped, a repeated and a wrongly refused one', () => {
  const right = historyOf(given.born(), given.claimed(), given.claimed({ epoch: 2 }));
  expect(violationsIn(right)).toEqual([]);
  const accepted = { fact: 'accepted', type: 'PartitionClaimed' } as const;
  const skipped = historyOf(given.born(), given.claimed(), given.claimed({ epoch: 3 }));
  expect(violationsIn(skipped)).toEqual([]);
  expect(violationsIn(lastSaying(skipped, accepted))).toMatchObject([{ rule: 'I9', offset: 2 }]);
  expect(violationsIn(lastSaying(right, { fact: 'rejection', entry: 0, reason: 'epoch-not-next' }))).toMatchObject([{ rule: 'I9' }]); // prettier-ignore
});

it('finds an event of an owner that was accepted under an epoch that is over', () => {
  const stale = historyOf(given.born(), given.claimed(), given.claimed({ epoch: 2 }), given.workersSeen({}));
  expect(violationsIn(stale)).toEqual([]);
  expect(violationsIn(lastSaying(stale, { fact: 'accepted', type: 'WorkersSeen' }))).toMatchObject([{ rule: 'I9' }]);
});
