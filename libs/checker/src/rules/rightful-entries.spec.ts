import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { rightfulEntries } from './rightful-entries.js';

const refused = { fact: 'rejection', entry: 0, reason: 'worker-lost' } as const;

it('finds a dispatch and a recall that are refused although nothing speaks against them', () => {
  const dispatched = historyOf(begun, given.dispatched(given.single));
  const recalled = historyOf(
    begun,
    given.dispatched(given.single),
    given.started(given.single),
    given.recalled(given.single),
  );
  for (const right of [dispatched, recalled]) {
    expect(foundBy(rightfulEntries, right)).toEqual([]);
    expect(foundBy(rightfulEntries, lastSaying(right, refused))).toEqual(['I3']);
  }
});

it('passes what is refused because its run is paused, its worker lost or its attempt not started', () => {
  for (const history of [
    historyOf(begun, given.paused(), given.dispatched(given.single)),
    historyOf(begun, given.workerLost(), given.dispatched(given.single)),
    historyOf(begun, given.dispatched(given.single), given.recalled(given.single)),
  ])
    expect(foundBy(rightfulEntries, history)).toEqual([]);
});
