import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf } from '../testing/history-of.js';
import { noGhosts } from './no-ghosts.js';

const records = historyOf(begun, given.dispatched(given.single));
const claimed = historyOf(begun, given.dispatched(given.single), given.started(given.single, { nonce: 'n1' }));
const began = { kind: 'handler-began', ...given.single, attempt: 1, worker: given.w1 } as const;

it('passes one start without a claim and one by the claim that holds', () => {
  expect(foundBy(noGhosts, records, began)).toEqual([]);
  expect(foundBy(noGhosts, claimed, began, { ...began, claim: 'n1' })).toEqual([]);
});

it('finds ghosts, second starts, and starts by a claim that does not hold', () => {
  expect(foundBy(noGhosts, records, { ...began, attempt: 2 })).toEqual(['I12']);
  expect(foundBy(noGhosts, records, { ...began, run: given.runNamed(9) })).toEqual(['I12']);
  expect(foundBy(noGhosts, records, began, { ...began, worker: 'other' })).toEqual(['I12']);
  expect(foundBy(noGhosts, claimed, { ...began, claim: 'n2' })).toEqual(['I12']);
  expect(foundBy(noGhosts, claimed, { ...began, claim: 'n1' }, { ...began, claim: 'n1' })).toEqual(['I12']);
});

it('finds a start without a claim of a task that asks to be claimed first', () => {
  const careful = historyOf(given.born(), given.claimed(), given.workersSeen({}), given.singleRequested({ claimFirst: true }), given.dispatched(given.single)); // prettier-ignore
  expect(foundBy(noGhosts, careful, began)).toEqual(['I12']);
});
