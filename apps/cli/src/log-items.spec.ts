import { crc32 } from 'node:zlib';
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
  const items = logItemsOf(2, { offset: 40, at: 1_000, value, crc: crc32(value), leaderEpoch: 0 });
  expect(items.map(({ address, by, seq, item }) => [address, by, seq, item.type])).toEqual([
    ['2:40:0', 'writer', 7, 'CancelRequested'],
    ['2:40:1', 'writer', 7, 'PartitionClaimed'],
  ]);
  expect(items.map((item) => namesRun(item, run))).toEqual([true, false]);
});

const unreadable = (cause: string) => [expect.objectContaining({ type: 'unreadable', cause })];
const itemsOf = (bytes: Buffer, crc: number | undefined) =>
  logItemsOf(0, { offset: 1, at: 0, value: bytes, crc, leaderEpoch: 0 }).map(({ item }) => item);

it('shows bytes that are no frame as one unreadable item', () => {
  const foreign = Buffer.from('?');
  expect(itemsOf(foreign, crc32(foreign))).toEqual(unreadable('not-json'));
});

it('shows a frame whose bytes are not those that were written as damaged, and nothing that it seems to say', () => {
  expect(itemsOf(Buffer.from(value.toString().replace('"seq":7', '"seq":8')), crc32(value))).toEqual(
    unreadable('crc-mismatch'),
  );
  expect(itemsOf(value, undefined)).toEqual(unreadable('crc-mismatch'));
});
