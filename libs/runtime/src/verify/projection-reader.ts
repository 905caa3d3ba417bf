import type { ProjectionPosition } from '../projection-port.js';
import type { Cell } from './cell.js';

/** The projection as it was at one moment: everything that it gives is of the same state of all partitions. */
export interface ProjectionReader {
  /** Of every partition that has one. */
  positions(): Promise<readonly ProjectionPosition[]>;
  /** Every cell of a partition's rows, a few thousand at a time. */
  cells(partition: number): AsyncIterable<readonly Cell[]>;
  /** Workflow versions belong to no partition. */
  workflows(): AsyncIterable<readonly Cell[]>;
  close(): Promise<void>;
}
