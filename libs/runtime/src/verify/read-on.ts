import { crc32 } from 'node:zlib';
import type { FoldSink } from '@millrace/domain';
import type { PartitionFold } from '../partition-fold.js';
import { LogUnavailable, type LogRecord, type RecordReader } from '../ports.js';

const waitMs = 5_000;
/** Answers without a record in a row before the log counts as unavailable. */
const emptyMax = 6;

export interface ReadOn {
  readonly reader: RecordReader;
  readonly topic: string;
  readonly fold: PartitionFold;
  readonly sink: FoldSink;
  /** Before a record is folded, ... */
  readonly before?: (record: LogRecord) => void;
  /** ... and after it was. */
  readonly after?: (record: LogRecord) => void;
}

/** Folds records until the fold stands at `to`. Throws what `PartitionFold.take` and the reader throw, and `LogUnavailable` where the log does not come. */
export async function readOn({ reader, topic, fold, sink, before, after }: ReadOn, to: number): Promise<void> {
  let empty = 0;
  while (fold.position < to) {
    const { partition, position: offset } = fold;
    const [fetched] = await reader.fetch([{ topic, partition, offset }], waitMs);
    if (fetched === undefined || fetched.records.length === 0) {
      if ((empty += 1) < emptyMax) continue;
      throw new LogUnavailable(`Expected ${topic}/${partition} to reach ${to}, but nothing comes after ${offset}.`);
    }
    empty = 0;
    for (const record of fetched.records) {
      if (record.offset >= to) break;
      before?.(record);
      const taken = fold.take(record, sink);
      if (taken === 'fetch-again') break;
      if (taken === 'folded') after?.(record);
    }
  }
}

/** The CRC32 of the value is not the one in the record's header. */
export function isDamaged({ value, crc }: LogRecord): boolean {
  return value !== undefined && crc32(value) !== crc;
}
