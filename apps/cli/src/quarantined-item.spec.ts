import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { hexLines, quarantinedItem } from './quarantined-item.js';

function record(text: string, crc?: number) {
  const value = new TextEncoder().encode(text);
  return { offset: 7, at: 1_700_000_000_000, value, crc: crc ?? crc32(value), leaderEpoch: 0 };
}
const cancel = { type: 'CancelRequested', run: `0000${'a'.repeat(32)}`, command: 'c' };
const frame = JSON.stringify({ v: 1, by: 'w', seq: 1, now: 1, items: [cancel, { type: 'Later', é: 1 }] });

it('shows an item that is no event, and none for what is one', () => {
  expect(quarantinedItem(3, 1, record(frame), 1_000)).toMatchObject({
    ...{ address: '3:7:1', at: '2023-11-14T22:13:20.000Z', cause: 'unknown-kind', whole: 'item', bytes: 23 },
    base64: Buffer.from('{"type":"Later","é":1}').toString('base64'),
  });
  expect(quarantinedItem(3, 0, record(frame), 1_000)).toBeUndefined();
  expect(quarantinedItem(3, 2, record(frame), 1_000)).toBeUndefined();
});

it('shows the whole record where the frame cannot be read or is damaged, at most so many bytes of it', () => {
  expect(quarantinedItem(0, 0, record('not a frame'), 3)).toMatchObject({ whole: 'record', bytes: 11, base64: 'bm90' });
  expect(quarantinedItem(0, 0, record(frame, 1), 3)).toMatchObject({ cause: 'crc-mismatch', whole: 'record' });
  expect(quarantinedItem(0, 1, record(frame, 1), 3)).toBeUndefined();
});

it('writes bytes as hexadecimal and printable ASCII', () => {
  expect(hexLines(Buffer.from('\u001b[2J{"a":1}é\0 more than one line'))).toEqual([
    '000000  1b 5b 32 4a 7b 22 61 22 3a 31 7d c3 a9 00 20 6d  .[2J{"a":1}... m',
    '000010  6f 72 65 20 74 68 61 6e 20 6f 6e 65 20 6c 69 6e  ore than one lin',
    '000020  65                                               e',
  ]);
  expect(hexLines(new Uint8Array(0))).toEqual([]);
});
