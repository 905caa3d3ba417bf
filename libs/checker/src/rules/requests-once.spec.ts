import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { requestsOnce } from './requests-once.js';

const asked = (run: number, body = 'body') => given.singleRequested({}, { run: given.runNamed(run), ...given.keyed('order-17', body) }); // prettier-ignore
const begun = [given.born(), given.claimed(), asked(1)];
const rejected = (reason: 'already-requested' | 'key-conflict') => ({ fact: 'rejection', entry: 0, reason }) as const;

it('passes repetitions and conflicts that were told apart, and finds those that were not', () => {
  expect(foundBy(requestsOnce, historyOf(begun, asked(2), asked(3, 'other')))).toEqual([]);
  expect(foundBy(requestsOnce, lastSaying(historyOf(begun, asked(2)), rejected('key-conflict')))).toEqual(['I2']);
  expect(foundBy(requestsOnce, lastSaying(historyOf(begun), rejected('already-requested')))).toEqual(['I2']);
});

it('finds a second run of a key that is taken, also just after the first has ended', () => {
  const accepted = [{ fact: 'accepted', type: 'RunRequested' }, { fact: 'born', run: given.runNamed(2), at: 0 }] as const; // prettier-ignore
  expect(foundBy(requestsOnce, lastSaying(historyOf(begun, asked(2)), ...accepted))).toEqual(['I2']);
  const ended = historyOf(begun, given.cancelled(), 60_000, asked(2));
  expect(foundBy(requestsOnce, ended)).toEqual([]);
  expect(foundBy(requestsOnce, lastSaying(ended, ...accepted))).toEqual(['I2']);
  expect(foundBy(requestsOnce, historyOf(begun, given.cancelled(), 25 * 60 * 60 * 1_000, asked(2)))).toEqual([]);
});
