import type { KafkaRecordReader } from '@millrace/kafka';
import { isWhole } from './frame-of-record.js';
import { CommandFailed, exitCodes } from './output/exit-codes.js';
import { TopicMissing, type LogRecord } from '@millrace/runtime';

/** Which part of the log is read: from an offset on, or the last records of each partition. */
export interface LogRange {
  /** Default all. */
  readonly partition: number | undefined;
  readonly from?: number;
  readonly last?: number;
}

/** Partitions looked for at most where none is named; a topic has them without gaps. */
const partitionsMax = 65_536;
const waitMsMax = 5_000;

/** The records that are in the log now, partition by partition, in offset order. Throws `TopicMissing`, `LogUnavailable`. */
export async function* readLog(
  reader: KafkaRecordReader,
  topic: string,
  range: LogRange,
): AsyncGenerator<{ readonly partition: number; readonly record: LogRecord }> {
  const only = range.partition;
  for (let partition = only ?? 0; partition <= (only ?? partitionsMax); partition++) {
    const bounds = await boundsOf(reader, topic, partition, only === undefined && partition > 0);
    if (bounds === undefined) return;
    const { start, end } = bounds;
    let offset = Math.max(start, range.from ?? end - (range.last ?? 0));
    while (offset < end) {
      const [fetched] = await reader.fetch([{ topic, partition, offset }], waitMsMax);
      if (fetched === undefined) break;
      for (const record of fetched.records) {
        if (record.offset >= end) break;
        yield { partition, record: isWhole(record) ? record : await readAgain(reader, topic, partition, record) };
      }
      offset = (fetched.records.at(-1)?.offset ?? end) + 1;
    }
  }
}

/** Damaged on its way, it comes whole the second time; damaged in the log, it does not. */
async function readAgain(
  reader: KafkaRecordReader,
  topic: string,
  partition: number,
  record: LogRecord,
): Promise<LogRecord> {
  const [fetched] = await reader.fetch([{ topic, partition, offset: record.offset }], waitMsMax);
  return fetched?.records.find(({ offset }) => offset === record.offset) ?? record;
}

/** Undefined behind the last partition, where there is another before it. */
async function boundsOf(
  reader: KafkaRecordReader,
  topic: string,
  partition: number,
  mayEnd: boolean,
): Promise<{ start: number; end: number } | undefined> {
  try {
    return await reader.bounds(topic, partition);
  } catch (error) {
    if (!(error instanceof TopicMissing) || partition === 0) throw error;
    if (mayEnd) return undefined;
    await reader.bounds(topic, 0);
    throw new CommandFailed(`Expected ${topic} to have a partition ${partition}, but it has not.`, exitCodes.notFound);
  }
}
