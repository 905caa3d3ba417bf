import { silent, type FoldSink } from '@millrace/domain';
import { LineageFault, readBirth } from '../births.js';
import { gapsOf } from '../gaps-of.js';
import { KnownGaps } from '../known-gaps.js';
import { GapDoubted, GapFault } from '../partition-fold.js';
import type { LogRecord, ProjectionPosition, RecordReader, SnapshotStore } from '../ports.js';
import { beginFold } from './begin-fold.js';
import { hashOf } from './bucket-sums.js';
import { differencesIn, sumsOf } from './compare-rows.js';
import { both, CountedRows } from './counted-rows.js';
import type { Difference } from './difference.js';
import type { VerifiedPartition } from './partition-report.js';
import { positionDifferences } from './position-differences.js';
import type { ProjectionReader } from './projection-reader.js';
import { isDamaged, readOn } from './read-on.js';
import { checkSnapshot, comparableSnapshots, type SnapshotReport } from './snapshot-check.js';
import { stateDigest } from './state-digest.js';
import { toldCells, workflowCell } from './told-cells.js';
import { ToldSums } from './told-sums.js';

/** Hears what a fold says, and then which record it was about. */
export interface Witness {
  readonly sink: FoldSink;
  folded(record: LogRecord): void;
}

export interface VerifyPartitionOptions {
  readonly reader: RecordReader;
  /** The log. */
  readonly topic: string;
  readonly projected: ProjectionReader;
  /** Where the rows of the partition stand, by the same `projected`. */
  readonly position: ProjectionPosition;
  readonly snapshots?: SnapshotStore;
  /** Made anew where the partition has to be folded again. */
  readonly witness?: () => Witness;
}

/** Records with another CRC32 than their header says that are named, at most. */
const damagedMax = 100;
/** Records after which what the fold told is added up. */
const recordsPerTake = 200;
/** Buckets of rows whose differences are looked at one by one, at most. */
const bucketsMax = 16;

/**
 * Folds a partition of the log and compares it with its rows at their position, and with its snapshots at theirs. In memory
 * it holds the state, a hash for each row of a run that has not ended, and one snapshot; where something differs the log is
 * folded once more, to find what. Throws what the reader, the store and `projected` throw.
 */
export async function verifyPartition(options: VerifyPartitionOptions): Promise<VerifiedPartition> {
  const { partition } = options.position;
  try {
    return await verifyPast(options, new KnownGaps());
  } catch (error) {
    if (!(error instanceof GapFault || error instanceof GapDoubted)) return broken(options, error);
    const gaps = await gapsOf(options.reader, options.topic, partition);
    return verifyPast(options, gaps).catch((again: unknown) => broken(options, again));
  }
}

async function verifyPast(options: VerifyPartitionOptions, gaps: KnownGaps): Promise<VerifiedPartition> {
  const { reader, topic, position, snapshots: store } = options;
  const { partition, to: offset } = position;
  const { start, end } = await reader.bounds(topic, partition);
  const notes: string[] = [];
  const birth = start === 0 ? await readBirth(reader, topic, partition) : undefined;
  const nonce = birth?.nonce ?? position.nonce;
  const manifests = store === undefined ? [] : await comparableSnapshots(store, partition, nonce, end);
  if (offset > end)
    throw new LineageFault(
      partition,
      `Expected the rows of partition ${partition} to stand within its log, which ends at ${end}, but they stand at ${offset}.`,
    );
  const fold = await beginFold(options, start, manifests, gaps);
  if (start > 0) {
    const from = fold.resumedAt;
    notes.push(
      `The log begins at offset ${start}: it is folded from the snapshot at ${from}, and rows are not proved.`,
    );
  }
  const isWhole = start === 0;
  const rows = new CountedRows(partition);
  const told = new ToldSums();
  const workflows = new Map<string, bigint>();
  const take = (): void => {
    const taken = rows.take();
    for (const row of taken.workflows) workflows.set(row.version, hashOf(workflowCell(row)));
    if (isWhole) for (const cell of toldCells(taken)) told.put(cell);
  };
  const damaged: LogRecord[] = [];
  const witness = isWhole ? options.witness?.() : undefined;
  const folding = {
    reader, topic, fold,
    sink: isWhole ? (witness === undefined ? rows : both(rows, witness.sink)) : silent,
    before: (record: LogRecord) => void (rows.offset = record.offset),
    after: (record: LogRecord) => {
      if (isDamaged(record) && damaged.length < damagedMax) damaged.push(record);
      witness?.folded(record);
      if (record.offset % recordsPerTake === 0 || rows.gathered > recordsPerTake) take();
    },
  }; // prettier-ignore
  const unchecked = manifests.filter((each) => each.position > fold.resumedAt);
  const reports: SnapshotReport[] = [];
  const differences: Difference[] = [];
  const checkTo = async (to: number, reading: typeof folding): Promise<void> => {
    for (let manifest = unchecked[0]; manifest !== undefined && manifest.position <= to; manifest = unchecked[0]) {
      unchecked.shift();
      await readOn(reading, manifest.position);
      const checked = await checkSnapshot(store!, manifest, fold.state);
      if (checked !== undefined) reports.push(checked.report);
      differences.push(...(checked?.differences ?? []));
    }
    await readOn(reading, to);
  };
  await checkTo(offset, folding);
  take();
  const { accepted, rejected, quarantined } = fold.state;
  const counts = {
    accepted,
    rejected,
    quarantined,
    runs: rows.runs,
    attempts: rows.attempts,
    state: stateDigest(fold.state),
  };
  differences.unshift(...positionDifferences(position, fold.state, topic, damaged));
  const found = isWhole ? await sumsOf(options.projected, partition) : undefined;
  const buckets = found === undefined ? [] : told.sums.differing(found);
  if (buckets.length > 0)
    differences.push(...(await differencesIn(options, gaps, new Set(buckets.slice(0, bucketsMax)))));
  if (buckets.length > bucketsMax)
    notes.push(`Rows of runs in ${buckets.length} buckets of 4,096 differ; those in the first ${bucketsMax} are told.`);
  const last = Math.max(offset, ...manifests.map((each) => each.position));
  await checkTo(last, { ...folding, sink: silent, before: () => undefined, after: () => undefined });
  const report = {
    partition, offset, entries: accepted + rejected + quarantined, ...counts,
    fold: found === undefined ? null : told.sums.digest(),
    projection: found?.digest() ?? null,
    snapshots: reports, notes, differences,
  }; // prettier-ignore
  return { report, workflows };
}

/** The log itself is not what it must be: nothing more can be said of the partition. */
function broken({ topic, position }: VerifyPartitionOptions, error: unknown): VerifiedPartition {
  if (!(error instanceof LineageFault || error instanceof GapFault || error instanceof GapDoubted)) throw error;
  const { partition, to } = position;
  const isGap = !(error instanceof LineageFault);
  const offset = error instanceof GapFault ? error.expected : null;
  const difference: Difference = {
    rule: isGap ? 'I7' : 'I8', partition, table: topic, key: String(partition), column: null, wanted: null, found: null, offset, sentence: error.message,
  }; // prettier-ignore
  const none = {
    entries: 0,
    accepted: 0,
    rejected: 0,
    quarantined: 0,
    runs: 0,
    attempts: 0,
    state: '',
    fold: null,
    projection: null,
  };
  return {
    report: { partition, offset: to, ...none, snapshots: [], notes: [], differences: [difference] },
    workflows: new Map(),
  };
}
