import type { TopicPlan } from '@millrace/protocol';
import type { RecordReader, RecordWriter, TaskSource } from '@millrace/runtime';

/** What ingest needs of Kafka: its topics, read and written by partition and offset. */
export interface IngestLog {
  readonly writer: RecordWriter;
  /** A reader of its own, as each loop has. */
  reader(): RecordReader;
  /** A member of the group that takes requests from the intake topic. */
  intake(): TaskSource;
  /** Throws a sentence for the first topic that is not as planned; `LogUnavailable` where nobody answers. */
  check(plans: readonly TopicPlan[]): Promise<void>;
  /** Names of all topics. Throws `LogUnavailable`. */
  topicNames(): Promise<ReadonlySet<string>>;
  /** Tolerates being closed twice. */
  close(): Promise<void>;
}
