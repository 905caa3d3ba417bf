import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import type { FactSaid } from '../observation.js';
import { foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { dagOrder } from './dag-order.js';

const flow = given.workflow({ a: [], b: [], all: ['a', 'b'], one: ['a', 'b'] }, { one: { join: 'one_success' } });
const ref = (id: string) => given.taskOf(flow, id);
const begun = [given.born(), given.claimed(), given.workersSeen({}), ...given.requested(flow), given.dispatched(ref('a')), given.dispatched(ref('b'))]; // prettier-ignore
const accepted = { fact: 'accepted', type: 'TaskFinished' } as const;
const moved = (id: string, from: 'pending' | 'dispatched', to: 'queued' | 'skipped' | 'failed', reason?: string): FactSaid => ({
  fact: 'transition', ...ref(id), from, to, move: reason === undefined ? {} : { reason },
}); // prettier-ignore

it('passes children whose join is met, and finds those that went early', () => {
  expect(foundBy(dagOrder, historyOf(begun, given.finished(ref('a')), given.finished(ref('b'))))).toEqual([]);
  const first = historyOf(begun, given.finished(ref('a')));
  expect(foundBy(dagOrder, lastSaying(first, ...first.at(-1)!.facts, moved('all', 'pending', 'queued')))).toEqual(['I15']); // prettier-ignore
});

it('passes skips for the right reason, and finds those for another', () => {
  const failed = historyOf(begun, given.failed(ref('a'), { retryable: false }));
  expect(foundBy(dagOrder, failed)).toEqual([]);
  const facts = [accepted, moved('a', 'dispatched', 'failed')] as const;
  expect(foundBy(dagOrder, lastSaying(failed, ...facts, moved('all', 'pending', 'skipped', 'branch')))).toEqual(['I15']); // prettier-ignore
  expect(foundBy(dagOrder, lastSaying(failed, ...facts, moved('one', 'pending', 'skipped', 'upstream_failed')))).toEqual(['I15']); // prettier-ignore
});
