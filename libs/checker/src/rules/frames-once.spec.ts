import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { folded, foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { framesOnce } from './frames-once.js';

const at = given.epochStart;
const frame = (seq: number, now = at) => ({ frame: given.frame(seq, given.claimed(), { now }), at: now });
const born = { frame: given.frame(1, given.born()), at };

it('passes repeated frames without effect, and finds one with effect and a new one without', () => {
  const right = folded([born, frame(2), frame(2)]);
  expect(foundBy(framesOnce, right)).toEqual([]);
  expect(foundBy(framesOnce, lastSaying(right, { fact: 'accepted', type: 'PartitionClaimed' }))).toEqual(['I2']);
  const duplicate = { fact: 'rejection', entry: 0, reason: 'duplicate-frame' } as const;
  expect(foundBy(framesOnce, lastSaying(historyOf(given.born(), given.claimed()), duplicate))).toEqual(['I2']);
});

it('forgets a writer a day after its last frame', () => {
  const later = at + 26 * 60 * 60 * 1_000;
  expect(foundBy(framesOnce, folded([born, frame(2), frame(2, later)]))).toEqual([]);
});

it('finds another frame under a seq that its writer has given away', () => {
  const crc = (...all: readonly number[]) => folded([born, frame(2), frame(2)]).map((record, index) => ({ ...record, crc: all[index] })); // prettier-ignore
  expect(foundBy(framesOnce, crc(1, 2, 2))).toEqual([]);
  expect(foundBy(framesOnce, crc(1, 2, 3))).toEqual(['I2']);
});
