import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf, lastBeing } from '../testing/history-of.js';
import { attemptFence } from './attempt-fence.js';

const dispatched = [...begun, given.dispatched(given.single)];
const claimed = [...dispatched, given.started(given.single, { nonce: 'n1' })];

it('passes the attempt in flight, and finds one of another number or none', () => {
  const right = historyOf(dispatched, given.finished(given.single));
  expect(foundBy(attemptFence, right)).toEqual([]);
  expect(foundBy(attemptFence, lastBeing(right, given.finished(given.single, { attempt: 2 })))).toEqual(['I14']);
  const ended = [...dispatched, given.finished(given.single)];
  const late = historyOf(ended, given.saved(given.single, 1));
  expect(foundBy(attemptFence, late)).toEqual([]);
  expect(foundBy(attemptFence, late.map((record) => (record.offset < 6 ? record : { ...record, facts: [{ fact: 'accepted', type: 'CheckpointSaved' }] })))).toEqual(['I14']); // prettier-ignore
});

it('passes the claim that holds, and finds another nonce and a second start', () => {
  const right = historyOf(claimed, given.finished(given.single, { nonce: 'n1' }));
  expect(foundBy(attemptFence, right)).toEqual([]);
  expect(foundBy(attemptFence, lastBeing(right, given.finished(given.single, { nonce: 'n2' })))).toEqual(['I14']);
  const second = historyOf(claimed, given.started(given.single, { nonce: 'n2' }));
  expect(foundBy(attemptFence, second)).toEqual([]);
  const accepted = second.map((record) => (record.offset < 6 ? record : { ...record, facts: [{ fact: 'accepted', type: 'TaskStarted' } as const] })); // prettier-ignore
  expect(foundBy(attemptFence, accepted)).toEqual(['I14']);
});
