import type { WorkerId } from '@millrace/domain';
import type { RecordReader, RecordWriter, TaskSource } from '@millrace/runtime';

/** What one incarnation of a worker needs of the cluster. */
export interface Connections {
  /** Partition count of the log. */
  readonly logPartitions: number;
  /** Partition count of the control topic. */
  readonly controlPartitions: number;
  readonly source: TaskSource;
  readonly control: RecordReader;
  readonly writer: RecordWriter;
  /** Closes what the worker does not stop itself: the writer. */
  close(): Promise<void>;
}

/** Opens them. Throws `LogUnavailable`, `TopicMissing`. */
export type Connect = (id: WorkerId) => Promise<Connections>;
