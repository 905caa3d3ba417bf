import type { KnownGaps } from '../known-gaps.js';
import { PartitionFold } from '../partition-fold.js';
import type { LogRecord } from '../ports.js';
import { BucketSums, hashOf } from './bucket-sums.js';
import { CellLedger } from './cell-ledger.js';
import { CountedRows } from './counted-rows.js';
import type { Difference } from './difference.js';
import type { ProjectionReader } from './projection-reader.js';
import { readOn } from './read-on.js';
import { toldCells } from './told-cells.js';
import type { VerifyPartitionOptions } from './verify-partition.js';

/** The digest of a partition's rows as they are. */
export async function sumsOf(projected: ProjectionReader, partition: number): Promise<BucketSums> {
  const sums = new BucketSums();
  for await (const cells of projected.cells(partition)) for (const cell of cells) sums.add(cell.owner, hashOf(cell));
  return sums;
}

/** Folds a partition once more, record by record, to know which one wrote what, and compares the rows of these buckets. */
export async function differencesIn(
  { reader, topic, position, projected }: VerifyPartitionOptions,
  gaps: KnownGaps,
  buckets: ReadonlySet<number>,
): Promise<Difference[]> {
  const { partition, to } = position;
  const ledger = new CellLedger(buckets);
  const rows = new CountedRows(partition);
  const fold = new PartitionFold(partition, undefined, gaps);
  const before = (record: LogRecord): void => void (rows.offset = record.offset);
  const after = ({ offset }: LogRecord): void => {
    for (const cell of toldCells(rows.take())) ledger.put(cell, offset);
  };
  await readOn({ reader, topic, fold, sink: rows, before, after }, to);
  for await (const cells of projected.cells(partition)) for (const cell of cells) ledger.find(cell);
  return ledger.differences(partition);
}
