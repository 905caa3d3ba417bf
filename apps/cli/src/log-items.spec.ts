import { encodeFrame, encodeItem } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { logItemsOf, namesRun } from './log-items.js';

const run = `0002${'a'.repeat(32)}`;
const value = Buffer.from(
  encodeFrame('writer', 7, 1_000, [
    encodeItem({ type: 'CancelRequested', run, command: 'c' }),
    encodeItem({ type: 'PartitionClaimed', epoch: 2, nonce: 'n', knows: 1 }),
  ]),
);

it('gives each item of a frame its address', () => {
  const items = logItemsOf(2, { offset: 40, at: 1_000, value, crc: undefined, leaderEpoch: 0 });
  expect(items.map(({ address, by, seq, item }) => [address, by, seq, item.type])).toEqual([
    ['2:40:0', 'writer', 7, 'CancelRequested'],
    ['2:40:1', 'writer', 7, 'PartitionClaimed'],
  ]);
  expect(items.map((item) => namesRun(item, run))).toEqual([true, false]);
});

it('shows bytes that are no frame as one unreadable item', () => {
  const foreign = { offset: 1, at: 0, value: Buffer.from('?'), crc: undefined, leaderEpoch: 0 };
  expect(logItemsOf(0, foreign).map(({ item }) => item)).toEqual([expect.objectContaining({ type: 'unreadable' })]);
});
