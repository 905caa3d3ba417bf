import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { decodeRecordSet } from './record-batch.js';

const require = createRequire(import.meta.url);
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch(options: object): Promise<{ buffer: Buffer }>;
};
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => object;

async function batchOf(firstOffset: number, values: readonly (string | null)[], headers = {}): Promise<Buffer> {
  const records = values.map((value, offsetDelta) =>
    encodeRecord({
      offsetDelta,
      timestampDelta: offsetDelta * 100,
      key: null,
      value: value && Buffer.from(value),
      headers,
    }),
  );
  const times = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_000_500 };
  const producer = { producerId: -1, producerEpoch: -1, firstSequence: -1, partitionLeaderEpoch: 7 };
  const lastOffsetDelta = values.length - 1;
  const { buffer } = await RecordBatch({
    compression: 0,
    records,
    ...times,
    ...producer,
    firstOffset,
    lastOffsetDelta,
  });
  buffer.writeBigInt64BE(BigInt(firstOffset), 0);
  return Buffer.from(buffer);
}

/** The same batch with its records compressed by hand. */
function compressed(batch: Buffer, codec: number, compress: (bytes: Buffer) => Buffer): Buffer {
  const packed = Buffer.concat([batch.subarray(0, 61), compress(batch.subarray(61))]);
  packed.writeInt16BE(codec, 21);
  packed.writeInt32BE(packed.length - 12, 8);
  return packed;
}

const shown = (bytes: Buffer, from = 0) =>
  decodeRecordSet(bytes, from).map(({ offset, value }) => `${offset} ${value && Buffer.from(value).toString()}`);

it('decodes values, times and checksums', async () => {
  const [first, second] = decodeRecordSet(await batchOf(40, ['a', 'ü'], { crc32: 'ffff0001', other: 'x' }), 0);
  expect(first).toMatchObject({ offset: 40, at: 1_700_000_000_000, crc: 0xffff0001 });
  expect(second).toMatchObject({ offset: 41, at: 1_700_000_000_100, value: Buffer.from('ü') });
});

it('takes the append time of the batch where the topic has one', async () => {
  const batch = await batchOf(0, ['a']);
  batch.writeInt16BE(0x08, 21);
  expect(decodeRecordSet(batch, 0)[0]?.at).toBe(1_700_000_000_500);
});

it('leaves out what lies before the wanted offset and what was cut off', async () => {
  const both = Buffer.concat([await batchOf(0, ['a', 'b', 'c']), await batchOf(3, ['d'])]);
  expect(shown(both, 2)).toEqual(['2 c', '3 d']);
  expect(shown(both.subarray(0, both.length - 1), 2)).toEqual(['2 c']);
});

it('reads gzip and zstd', async () => {
  const batch = await batchOf(5, ['a', 'b']);
  expect(shown(compressed(batch, 1, gzipSync))).toEqual(['5 a', '6 b']);
  expect(shown(compressed(batch, 4, zstdCompressSync))).toEqual(['5 a', '6 b']);
});

it.each([
  ['a codec that we do not have', 2],
  ['bytes that do not decompress', 1],
  ['a control batch', 0x20],
])('gives records without value for %s, and goes on', async (_, attributes) => {
  const batch = await batchOf(5, ['a', 'b']);
  batch.writeInt16BE(attributes, 21);
  expect(shown(Buffer.concat([batch, await batchOf(7, ['c'])]))).toEqual(['5 undefined', '6 undefined', '7 c']);
});

it('gives a record without value for broken lengths, and goes on', async () => {
  const batch = await batchOf(5, ['a']);
  batch.fill(0x7f, 61);
  expect(shown(Buffer.concat([batch, await batchOf(6, ['c'])]))).toEqual(['5 undefined', '6 c']);
});
