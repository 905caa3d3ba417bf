import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { historyOf, lastSaying, violationsIn } from '../testing/history-of.js';

const begin = [given.born(), given.claimed(), given.workersSeen({}), given.singleRequested()];

it('passes attempts that count up, and finds one that was dispatched twice', () => {
  const again = [...begin, given.dispatched(given.single), given.returned(given.single), given.dispatched(given.single, { attempt: 2 })]; // prettier-ignore
  expect(violationsIn(historyOf(again))).toEqual([]);
  const twice = historyOf(begin, given.dispatched(given.single), given.returned(given.single), given.dispatched(given.single)); // prettier-ignore
  expect(violationsIn(twice)).toEqual([]);
  const moved = { fact: 'transition', ...given.single, from: 'queued', to: 'dispatched', move: {} } as const;
  expect(violationsIn(lastSaying(twice, { fact: 'accepted', type: 'TasksDispatched' }, moved))).toMatchObject([
    { rule: 'I10', partition: 0, offset: 6 },
  ]);
});
