import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf } from '../testing/history-of.js';
import { published } from './published.js';

const records = historyOf(begun, given.dispatched(given.single));
const seen = { kind: 'published', ...given.single, attempt: 1, epoch: 1, again: false } as const;

it('passes a delivery of an accepted dispatch and later copies of it', () => {
  expect(foundBy(published, records, seen, { ...seen, again: true }, { ...seen, again: true })).toEqual([]);
});

it('finds a delivery before its dispatch, of another epoch, and a second one without mark', () => {
  expect(foundBy(published, records.slice(0, -1), seen)).toEqual(['I11']);
  expect(foundBy(published, records, { ...seen, attempt: 2 })).toEqual(['I11']);
  expect(foundBy(published, records, { ...seen, epoch: 2 })).toEqual(['I11']);
  expect(foundBy(published, records, seen, seen)).toEqual(['I11']);
});
