import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { lineage } from './lineage.js';

const right = historyOf(given.born(), given.claimed(), given.born());

it('passes one birth, and finds none, a second one and that of another partition', () => {
  expect(foundBy(lineage, right)).toEqual([]);
  expect(foundBy(lineage, lastSaying(right, { fact: 'accepted', type: 'PartitionBorn' }))).toEqual(['I8']);
  const unborn = historyOf(given.claimed());
  expect(foundBy(lineage, lastSaying(unborn, { fact: 'accepted', type: 'PartitionClaimed' }))).toEqual(['I8']);
  expect(foundBy(lineage, historyOf(given.born({ partition: 3 })))).toEqual(['I8']);
});

it('passes a record that is read twice, and finds other bytes at its offset', () => {
  const [record] = right.map((each) => ({ ...each, value: Buffer.from('one') }));
  expect(foundBy(lineage, [record!, record!])).toEqual([]);
  expect(foundBy(lineage, [record!, { ...record!, value: Buffer.from('two') }])).toEqual(['I8']);
});
