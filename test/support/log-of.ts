import { connectKafka, KafkaRecordReader } from '@millrace/kafka';
import { topicsOf } from '@millrace/protocol';
import { PartitionFold, type LogRecord } from '@millrace/runtime';
import { quietJournal } from '@millrace/runtime/testing';
import { RecordingSink, type Fact } from '@millrace/domain/testing';
import type { PartitionState } from '@millrace/domain';
import type { TestSystem } from './local-system.ts';

/** A partition of the log as it is now: its records, what a fold says of each, and the state at its end. */
export interface FoldedLog {
  readonly records: readonly LogRecord[];
  /** By offset. */
  readonly facts: readonly (readonly Fact[])[];
  readonly state: PartitionState;
}

/** Reads and folds a whole partition, as a dispatcher and a projector do. */
export async function foldLog(
  { brokers, prefix }: Pick<TestSystem, 'brokers' | 'prefix'>,
  partition: number,
): Promise<FoldedLog> {
  const journal = quietJournal();
  const reader = new KafkaRecordReader(connectKafka({ brokers: brokers.split(','), clientId: 'fold', journal }));
  const topic = topicsOf(prefix).log;
  const fold = new PartitionFold(partition);
  const sink = new RecordingSink();
  const records: LogRecord[] = [];
  const facts: Fact[][] = [];
  try {
    const { end } = await reader.bounds(topic, partition);
    while (fold.position < end) {
      const [fetched] = await reader.fetch([{ topic, partition, offset: fold.position }], 5_000);
      for (const record of fetched?.records ?? []) {
        if (fold.take(record, sink) !== 'folded') break;
        records.push(record);
        facts.push(sink.take());
      }
    }
    return { records, facts, state: fold.state };
  } finally {
    await reader.close();
  }
}
