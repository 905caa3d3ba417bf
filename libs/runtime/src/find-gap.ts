import type { Gap, GapAccepted } from '@millrace/domain';
import { decodeFrame, rulesKnown } from '@millrace/protocol';
import { crc32 } from 'node:zlib';
import type { LogRecord, RecordReader } from './ports.js';

const nextRecordMs = 2_000;

/**
 * The gap that begins at `from`, which is at least 1: its last record before is there, and its first one after. Undefined
 * where there is none, or where nothing comes after. Throws what the reader throws.
 */
export async function findGap(
  reader: RecordReader,
  topic: string,
  partition: number,
  from: number,
): Promise<Gap | undefined> {
  const { start, end } = await reader.bounds(topic, partition);
  if (from - 1 < start || from >= end) return undefined;
  const before = await firstAt(reader, topic, partition, from - 1);
  const after = await firstAt(reader, topic, partition, from);
  if (before?.offset !== from - 1 || after === undefined || after.offset <= from) return undefined;
  return { from, to: after.offset };
}

/** Is there a record that says that exactly this gap is accepted? Total. */
export function acceptanceIn({ value, crc }: LogRecord, { from, to }: Gap): GapAccepted | undefined {
  if (value === undefined || crc !== crc32(value)) return undefined;
  for (const item of decodeFrame(value, rulesKnown).items) {
    if (item.type === 'GapAccepted' && item.from === from && item.to === to) return item;
  }
  return undefined;
}

async function firstAt(
  reader: RecordReader,
  topic: string,
  partition: number,
  offset: number,
): Promise<LogRecord | undefined> {
  const [fetched] = await reader.fetch([{ topic, partition, offset }], nextRecordMs);
  return fetched?.records.find((record) => record.offset >= offset);
}
