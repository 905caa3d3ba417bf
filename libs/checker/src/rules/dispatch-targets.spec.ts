import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { dispatchTargets } from './dispatch-targets.js';

const dispatched = given.dispatched(given.single);
const facts = historyOf(begun, dispatched).at(-1)!.facts;

it('passes a worker that was seen, and finds one that was not or is lost, and what is paused', () => {
  expect(foundBy(dispatchTargets, historyOf(begun, dispatched))).toEqual([]);
  const unseen = historyOf(begun, given.dispatched(given.single, { worker: 'nobody' }));
  const lost = historyOf(begun, given.workerLost(), dispatched);
  const paused = historyOf(begun, given.paused(), dispatched);
  for (const refused of [unseen, lost, paused]) {
    expect(foundBy(dispatchTargets, refused)).toEqual([]);
    expect(foundBy(dispatchTargets, lastSaying(refused, ...facts))).toEqual(['I17']);
  }
});

it('finds what a lost worker has kept', () => {
  const lost = historyOf(begun, dispatched, given.workerLost());
  expect(foundBy(dispatchTargets, lost)).toEqual([]);
  expect(foundBy(dispatchTargets, lastSaying(lost, { fact: 'accepted', type: 'WorkerLost' }))).toEqual(['I17']);
});
