import type { WorkerId } from '@millrace/domain';
import type { ItemsOfLog, RecordReader, RecordWriter, TaskSource } from '@millrace/runtime';
import type { DeliveryBoard } from './heart/delivery-board.js';
import type { Heart } from './heart/heart.js';

/** What one incarnation of a worker needs of the cluster. */
export interface Connections {
  /** Partition count of the log. */
  readonly logPartitions: number;
  /** Partition count of the control topic. */
  readonly controlPartitions: number;
  readonly source: TaskSource;
  readonly control: RecordReader;
  /** Reads the results that deliveries only refer to. */
  readonly items: ItemsOfLog;
  readonly writer: RecordWriter;
  /** Beats for the worker whose deliveries are on `board`. */
  openHeart(options: { readonly id: WorkerId; readonly board: DeliveryBoard }): Heart;
  /** Closes what the worker does not stop itself: writer and items. */
  close(): Promise<void>;
}

/** Opens them. Throws `LogUnavailable`, `TopicMissing`, `QueueUndeclared`. */
export type Connect = (id: WorkerId) => Promise<Connections>;
