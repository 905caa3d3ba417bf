import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { runEnds } from './run-ends.js';

const right = historyOf(begun, given.dispatched(given.single), given.finished(given.single));
const [accepted, moved] = right.at(-1)!.facts;
const ended = (status: 'succeeded' | 'failed' | 'cancelled' | 'timed_out') => ({ fact: 'ended', run: given.run1, status }) as const; // prettier-ignore

it('passes a run that ends with its last task run, and finds an early, a missing and a wrong end', () => {
  expect(foundBy(runEnds, right)).toEqual([]);
  expect(foundBy(runEnds, lastSaying(right, accepted!, ended('succeeded')))).toEqual(['I16']);
  expect(foundBy(runEnds, lastSaying(right, accepted!, moved!))).toEqual(['I16']);
  for (const status of ['failed', 'cancelled', 'timed_out'] as const) {
    expect(foundBy(runEnds, lastSaying(right, accepted!, moved!, ended(status)))).toEqual(['I16']);
  }
});

it('finds at rest what has not ended', () => {
  expect(foundBy(runEnds, right, { kind: 'at-rest' })).toEqual([]);
  expect(foundBy(runEnds, right.slice(0, -1), { kind: 'at-rest' })).toEqual(['I16']);
});
