import type { PartitionState } from '@millrace/domain';
import { silent, type FoldSink, type Frame } from '@millrace/domain';
import { decodeFrame } from '@millrace/protocol';
import type { KnownGaps } from '../known-gaps.js';
import { PartitionFold } from '../partition-fold.js';
import { ProjectionRows as RowsOfFold } from '../projection-rows.js';
import type { InMemoryLog } from './in-memory-log.js';
import { InMemoryProjectionStore, type ProjectionRows } from './in-memory-projection-store.js';

/** Folds one partition of a log from its birth to its end. */
export function foldWhole(log: InMemoryLog, topic: string, partition: number, sink: FoldSink = silent): PartitionState {
  const fold = new PartitionFold(partition);
  for (const record of log.partition(topic, partition).records) {
    if (fold.take(record, sink) === 'fetch-again') fold.take(record, sink);
  }
  return fold.state;
}

/** Frames of one partition as anybody would decode them. */
export function framesOf(log: InMemoryLog, topic: string, partition: number): Frame[] {
  return log.partition(topic, partition).records.map(({ value }) => decodeFrame(value, 1));
}

/** The rows that a projection of the whole log must have: folded from the birth in one go, `without` some partitions. */
export async function rowsOf(
  log: InMemoryLog,
  topic: string,
  partitions: number,
  without: readonly number[] = [],
  gaps?: KnownGaps,
  knows?: number,
): Promise<ProjectionRows> {
  const store = new InMemoryProjectionStore();
  for (let partition = 0; partition < partitions; partition++) {
    if (without.includes(partition)) continue;
    const rows = new RowsOfFold(partition);
    const fold = new PartitionFold(partition, undefined, gaps, knows);
    const { records } = log.partition(topic, partition);
    for (let index = 0; index < records.length; index++) {
      rows.offset = records[index]!.offset;
      if (fold.take(records[index]!, rows) === 'fetch-again') {
        index = records.findIndex(({ offset }) => offset >= fold.position) - 1;
      }
    }
    const { position: to, time: at, accepted, rejected, quarantined, hash, birth } = fold.state;
    await store.commit({
      positions: [{ partition, from: 0, to, at, accepted, rejected, quarantined, hash, nonce: birth?.nonce ?? '' }],
      ...rows.take(),
    });
  }
  return store.rows();
}

/** Rows in a total order and without what only the projector knows, so that two sets of them can be compared. */
export function comparable({
  runs,
  tasks,
  pauses,
  checkpoints,
  attempts,
  workflows,
  quarantine,
}: ProjectionRows): object {
  const sorted = (rows: readonly object[]): string[] =>
    rows.map((row) => JSON.stringify(Object.entries({ ...row, batch: undefined }).sort(byName))).sort();
  return {
    runs: sorted(runs),
    tasks: sorted(tasks),
    pauses: sorted(pauses),
    checkpoints: sorted(checkpoints),
    attempts: sorted(attempts),
    workflows: sorted(workflows),
    quarantine: sorted(quarantine),
  };
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
