import type { Topics } from '@millrace/protocol';
import {
  SnapshotKeeper,
  SnapshotRecovery,
  TopicSnapshotStore,
  type Clock,
  type Journal,
  type RecordWriter,
  type SnapshotContent,
  type SnapshotStore,
} from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { KafkaRecordTrimmer } from './kafka-record-trimmer.js';

export interface KafkaSnapshotsOptions {
  readonly topics: Topics;
  readonly writer: RecordWriter;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly content: SnapshotContent;
  readonly everyEntries: number;
  readonly everyMs: number;
}

/** Snapshots as records of this cluster; `writer` is not closed with it. */
export function kafkaSnapshotStore(
  connection: KafkaConnection,
  { topics, writer, journal }: Pick<KafkaSnapshotsOptions, 'topics' | 'writer' | 'journal'>,
): SnapshotStore {
  const reader = new KafkaRecordReader(connection);
  return new TopicSnapshotStore({ reader, writer, trimmer: new KafkaRecordTrimmer(connection), topics, journal });
}

/** What a loop needs to take snapshots and to recover from them; closing `recovery` closes all of it. */
export function kafkaSnapshots(
  connection: KafkaConnection,
  options: KafkaSnapshotsOptions,
): { readonly recovery: SnapshotRecovery; readonly keeper: SnapshotKeeper } {
  const { topics, journal } = options;
  const store = kafkaSnapshotStore(connection, options);
  const reader = new KafkaRecordReader(connection);
  return {
    recovery: new SnapshotRecovery({ store, reader, topics, journal }),
    keeper: new SnapshotKeeper({ ...options, store }),
  };
}
