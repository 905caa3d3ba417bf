import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import type { FactSaid } from '../observation.js';
import { historyOf, lastSaying, violationsIn } from '../testing/history-of.js';
import { legalTransitions } from './legal-transitions.js';

const right = historyOf(given.born(), given.claimed(), given.workersSeen({}), given.singleRequested(), given.dispatched(given.single)); // prettier-ignore
const moved = (from: 'queued' | 'backing_off', to: 'succeeded' | 'dispatched'): FactSaid => ({ fact: 'transition', ...given.single, from, to, move: {} }); // prettier-ignore
const found = (...facts: FactSaid[]) => violationsIn(lastSaying(right, ...facts), { rules: [legalTransitions] });

it('passes edges of the table and finds every other move', () => {
  const accepted = { fact: 'accepted', type: 'TasksDispatched' } as const;
  expect(found(accepted, moved('queued', 'dispatched'))).toEqual([]);
  expect(found(accepted, moved('queued', 'succeeded'))).toMatchObject([{ rule: 'I4', offset: 4 }]);
  expect(found(accepted, moved('backing_off', 'dispatched'))).toMatchObject([{ rule: 'I4' }]);
  expect(found({ fact: 'rejection', entry: 0, reason: 'paused' }, moved('queued', 'dispatched'))).toMatchObject([{ rule: 'I4' }]); // prettier-ignore
});
