import type { Band, DispatchEntry, Item } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { foundBy, historyOf } from '../testing/history-of.js';
import { orderOfChoice } from './order-of-choice.js';

const run = given.runNamed;
const banded = (number: number, band: Band, handler = 'work') =>
  given.singleRequested({ band, handler }, { run: run(number) });
const many = (from: number, count: number, band: Band) =>
  Array.from({ length: count }, (_, index) => banded(from + index, band));
const entry = (number: number, worker: string = given.w1): DispatchEntry => ({
  run: run(number),
  task: 0,
  attempt: 1,
  worker,
  to: 0,
});

const begun = [given.born(), given.claimed(), given.workersSeen({ credits: 30 })];

/** The runs are dispatched in one decision, on what the items came to; it is the last record. */
function decided(items: readonly (Item | number)[], ...numbers: readonly number[]) {
  const records = items.filter((item) => typeof item !== 'number').length;
  const event = given.dispatchedAll(numbers.map((number) => entry(number)));
  return historyOf(...items, { ...event, basis: records });
}
const found = (items: readonly (Item | number)[], ...numbers: readonly number[]): string[] =>
  foundBy(orderOfChoice, decided([...begun, ...items], ...numbers));

it('passes the highest band first, then the order of queueing, and finds what is passed over', () => {
  const items = [banded(1, 3), banded(2, 4), banded(3, 4)];
  expect(found(items, 2, 3, 1)).toEqual([]);
  expect(found(items, 1)).toEqual(['I18']);
  expect(found(items, 3)).toEqual(['I18']);
  expect(found(items, 2, 1, 3)).toEqual(['I18']);
});

it('counts what has waited for long as critical, and only then', () => {
  expect(found([banded(1, 3), 4_999, banded(2, 4)], 2, 1)).toEqual([]);
  expect(found([banded(1, 3), 5_000, banded(2, 4)], 2, 1)).toEqual(['I18']);
  expect(found([banded(1, 3), 5_000, banded(2, 4)], 1, 2)).toEqual([]);
  expect(found([banded(1, 2), 7_999, banded(2, 4)], 2, 1)).toEqual([]);
  expect(found([banded(1, 2), 8_000, banded(2, 4)], 2, 1)).toEqual(['I18']);
});

it('gives a band its share and no more', () => {
  const items = [...many(1, 10, 5), banded(20, 4)];
  const eightOf5 = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(found(items, ...eightOf5, 20, 9)).toEqual([]);
  expect(found(items, ...eightOf5, 9)).toEqual(['I18']);
  expect(found(items, ...eightOf5.slice(0, 7), 20)).toEqual(['I18']);
  const promoted = [...many(1, 3, 3), 6_000, banded(9, 5)];
  expect(found(promoted, 1, 9, 2, 3)).toEqual([]);
  expect(found(promoted, 1, 2, 9, 3)).toEqual(['I18']);
});

it('looks at nothing that no worker with free credit serves, that is paused, or that a worker does not hold', () => {
  expect(found([banded(1, 5, 'unserved'), banded(2, 3)], 2)).toEqual([]);
  expect(found([banded(1, 5), given.paused({ run: run(1) }), banded(2, 3)], 2)).toEqual([]);
  const other = given.workersSeen({ worker: 'other', handlers: ['rare'], credits: 1 });
  expect(found([other, banded(1, 5, 'rare'), banded(2, 3)], 2)).toEqual(['I18']);
  const busy = given.dispatchedAll([entry(3, 'other')]);
  expect(found([other, banded(3, 3, 'rare'), busy, banded(1, 5, 'rare'), banded(2, 3)], 2)).toEqual([]);
  const lost = { type: 'WorkerLost', epoch: 1, worker: 'other' } as const;
  expect(found([other, lost, banded(1, 5, 'rare'), banded(2, 3)], 2)).toEqual([]);
});

it('puts what goes on, or has another band, where its age belongs', () => {
  const goesOn = [given.paused({ run: run(1) }), given.resumed({ run: run(1) })];
  expect(found([banded(1, 3), banded(2, 3), ...goesOn], 1, 2)).toEqual([]);
  expect(found([banded(1, 3), banded(2, 3), ...goesOn], 2, 1)).toEqual(['I18']);
  expect(found([banded(1, 3), banded(2, 4), given.prioritized({ run: run(1), band: 4 })], 1, 2)).toEqual([]);
  expect(found([banded(1, 3), banded(2, 4), given.prioritized({ run: run(1), band: 4 })], 2, 1)).toEqual(['I18']);
  const one = given.prioritized({ run: run(1), task: 0, band: 4 });
  expect(found([banded(1, 3), one, banded(2, 3), given.prioritized({ run: run(1), band: 1 })], 2, 1)).toEqual([]);
});

it('does not judge a decision that something came before', () => {
  const records = [...begun, banded(1, 3), banded(2, 5)];
  const event = given.dispatchedAll([entry(1)]);
  expect(foundBy(orderOfChoice, historyOf(...records, { ...event, basis: 4 }))).toEqual([]);
});
