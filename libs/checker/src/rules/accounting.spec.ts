import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { LogChecker } from '../log-checker.js';
import { historyOf, lastSaying, violationsIn } from '../testing/history-of.js';

const right = historyOf(given.born(), given.claimed(), given.claimed(), { type: 'unreadable', cause: 'test', detail: '' }); // prettier-ignore

it('passes one verdict on each entry, and finds none, two and those of others', () => {
  expect(violationsIn(right)).toEqual([]);
  const quarantine = { fact: 'quarantine', index: 0, cause: 'test' } as const;
  expect(violationsIn(lastSaying(right))).toMatchObject([{ rule: 'I23', offset: 3 }]);
  expect(violationsIn(lastSaying(right, quarantine, quarantine))).toMatchObject([{ rule: 'I23' }]);
  expect(violationsIn(lastSaying(right, { fact: 'rejection', entry: 0, reason: 'not-born' }))).toMatchObject([{ rule: 'I23' }]); // prettier-ignore
});

it('compares the accounts of a fold with what it counted itself', () => {
  const checker = new LogChecker();
  for (const record of right) checker.record(record);
  const accounts = { kind: 'accounts', partition: 0, offset: 4, accepted: 2, rejected: 1, quarantined: 1 } as const;
  expect(checker.observe(accounts)).toEqual([]);
  expect(checker.observe({ ...accounts, rejected: 2 })).toMatchObject([{ rule: 'I23', offset: 3 }]);
});

it('passes a record that is read again, of which nothing is said', () => {
  expect(violationsIn([...right, { ...right[2]!, facts: [] }])).toEqual([]);
});
