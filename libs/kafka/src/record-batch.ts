import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { LogRecord } from '@millrace/runtime';

const headerBytes = 61;
const controlFlag = 0x20;
const appendTimeFlag = 0x08;
const codecs: readonly (((bytes: Buffer) => Buffer) | undefined)[] = [
  (bytes) => bytes,
  (bytes) => gunzipSync(bytes, { maxOutputLength: decompressedBytesMax }),
  undefined,
  undefined,
  (bytes) => zstdDecompressSync(bytes, { maxOutputLength: decompressedBytesMax }),
];
const decompressedBytesMax = 64 * 1024 * 1024;

/**
 * All records of a fetched record set at or above `fromOffset`. Total: batches that cannot be read (a foreign codec, broken
 * lengths, the old message format) and control batches give records without value, one per offset, so that the offsets
 * stay contiguous for the reader. A batch that the broker cut off at the end of the answer is left for the next fetch.
 */
export function decodeRecordSet(bytes: Buffer, fromOffset: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = 0; at + 17 <= bytes.length;) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length || end <= at + 12) break;
    for (const record of decodeBatch(bytes.subarray(at, end))) if (record.offset >= fromOffset) records.push(record);
    at = end;
  }
  return records;
}

function decodeBatch(batch: Buffer): LogRecord[] {
  const baseOffset = Number(batch.readBigInt64BE(0));
  if (batch.readInt8(16) !== 2 || batch.length < headerBytes) return valueless(baseOffset, baseOffset, 0, -1);
  const lastOffset = baseOffset + batch.readInt32BE(23);
  const leaderEpoch = batch.readInt32BE(12);
  const attributes = batch.readInt16BE(21);
  const maxTime = Number(batch.readBigInt64BE(35));
  const codec = codecs[attributes & 0x07];
  if ((attributes & controlFlag) !== 0 || codec === undefined) {
    return valueless(baseOffset, lastOffset, maxTime, leaderEpoch);
  }
  try {
    const baseTime = Number(batch.readBigInt64BE(27));
    const appendTime = (attributes & appendTimeFlag) !== 0 ? maxTime : undefined;
    const cursor = new Cursor(codec(batch.subarray(headerBytes)));
    const count = batch.readInt32BE(57);
    const records: LogRecord[] = [];
    for (let index = 0; index < count; index++) {
      const record = decodeRecord(cursor, baseOffset, baseTime, appendTime, leaderEpoch);
      if (record.offset < baseOffset || record.offset > lastOffset)
        throw new RangeError('Expected an offset of the batch.');
      records.push(record);
    }
    return records;
  } catch {
    return valueless(baseOffset, lastOffset, maxTime, leaderEpoch);
  }
}

function decodeRecord(
  cursor: Cursor,
  baseOffset: number,
  baseTime: number,
  appendTime: number | undefined,
  leaderEpoch: number,
): LogRecord {
  const length = cursor.varint();
  const end = cursor.at + length;
  if (length < 0 || end > cursor.length)
    throw new RangeError('Expected a record inside the batch, but it reaches beyond.');
  cursor.at += 1;
  const time = baseTime + cursor.varint();
  const offset = baseOffset + cursor.varint();
  cursor.bytes();
  const value = cursor.bytes();
  let crc: number | undefined;
  let others: Map<string, Uint8Array> | undefined;
  for (let headers = cursor.varint(); headers > 0; headers--) {
    const name = cursor.bytes();
    const text = cursor.bytes();
    if (name?.length === 5 && name.toString('latin1') === 'crc32') crc = crcOf(text);
    else if (name !== undefined && text !== undefined) (others ??= new Map()).set(name.toString(), text);
  }
  cursor.at = end;
  const record = { offset, at: appendTime ?? time, value, crc, leaderEpoch };
  return others === undefined ? record : { ...record, headers: others };
}

function crcOf(header: Buffer | undefined): number | undefined {
  const text = header?.toString('latin1') ?? '';
  return /^[0-9a-f]{8}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}

function valueless(from: number, to: number, at: number, leaderEpoch: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (let offset = from; offset <= to; offset++)
    records.push({ offset, at, value: undefined, crc: undefined, leaderEpoch });
  return records;
}

class Cursor {
  at = 0;
  constructor(private readonly buffer: Buffer) {}

  get length(): number {
    return this.buffer.length;
  }

  /** Zigzag, up to 53 bits. */
  varint(): number {
    let raw = 0;
    let scale = 1;
    for (;;) {
      const byte = this.buffer.readUInt8(this.at++);
      raw += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** Undefined for a null. Throws beyond the end. */
  bytes(): Buffer | undefined {
    const length = this.varint();
    if (length < 0) return undefined;
    const end = this.at + length;
    if (end > this.buffer.length) throw new RangeError('Expected bytes inside the batch, but they reach beyond it.');
    const bytes = this.buffer.subarray(this.at, end);
    this.at = end;
    return bytes;
  }
}
