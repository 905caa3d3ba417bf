import type { Violation } from '@millrace/checker';
import { KafkaRecordReader, KafkaRecordWriter } from '@millrace/kafka';
import { PgProjectionReader } from '@millrace/postgres';
import { topicsOf } from '@millrace/protocol';
import {
  TopicMissing,
  TopicSnapshotStore,
  unprojected,
  verifyPartition,
  type Difference,
  type LogRecord,
  type PartitionReport,
  type RecordReader,
  type Witness,
} from '@millrace/runtime';
import { CheckedPartition } from '../check/checked-partition.js';
import { quietJournal } from '../quiet-journal.js';
import { kafkaOf } from '../topics/apply-topics.js';
import { logPartitions } from './log-partitions.js';
import { verifyWorkflows } from './verify-workflows.js';

export interface VerifyOptions {
  readonly brokers: string;
  readonly prefix: string;
  readonly databaseUrl: string;
  /** Default: all. */
  readonly partition?: number;
  /** Hears which part of the log was read. */
  readonly onRead?: (records: number, total: number) => void;
}

export interface SystemReport {
  readonly partitions: readonly (PartitionReport & { readonly violations: readonly Violation[] })[];
  /** What belongs to no partition. */
  readonly differences: readonly Difference[];
  /** The first of all; null where everything is as the log tells it. */
  readonly first: string | null;
  readonly isProved: boolean;
}

/** Violations of one partition that are kept. */
const violationsMax = 100;

/**
 * Proves a system right, running or not: folds every partition of its log and compares what that tells with Postgres at the
 * positions that one transaction sees, with its snapshots, and with the checker's list of invariants. Changes nothing. Throws
 * `LogUnavailable`, `TopicMissing`, `DatabaseUnavailable`, `DatabaseRefused`.
 */
export async function verifySystem({
  brokers,
  prefix,
  databaseUrl,
  partition: only,
  onRead,
}: VerifyOptions): Promise<SystemReport> {
  const topics = topicsOf(prefix);
  const kafka = kafkaOf(brokers);
  const reader = new KafkaRecordReader(kafka);
  const writer = new KafkaRecordWriter(kafka);
  const projected = new PgProjectionReader(databaseUrl);
  const trimmer = { deleteBelow: async () => {} };
  const snapshots = new TopicSnapshotStore({
    reader: new KafkaRecordReader(kafka),
    writer,
    trimmer,
    topics,
    journal: quietJournal,
  });
  try {
    const positions = await projected.positions();
    const hasSnapshots = await isThere(reader, topics.manifests);
    const partitions: SystemReport['partitions'][number][] = [];
    const pinned = new Map<string, bigint>();
    const wanted = only === undefined ? await logPartitions(reader, topics.log, positions.length) : [only];
    const ends = new Map<number, number>();
    for (const partition of wanted) ends.set(partition, await endOf(reader, topics.log, partition));
    const total = [...ends.values()].reduce((sum, end) => sum + end, 0);
    let before = 0;
    for (const partition of wanted) {
      const position = positions.find((each) => each.partition === partition) ?? unprojected(partition);
      const readBefore = before;
      const watch = new Watch(partition, ({ offset }) => onRead?.(readBefore + offset + 1, total));
      before += ends.get(partition)!;
      const { report, workflows } = await verifyPartition({
        reader,
        topic: topics.log,
        projected,
        position,
        ...(hasSnapshots && { snapshots }),
        witness: () => watch.begin(),
      });
      partitions.push({ ...report, violations: watch.violations });
      for (const [version, hash] of workflows) pinned.set(version, hash);
    }
    const differences = only === undefined ? await verifyWorkflows(projected, pinned) : [];
    const first =
      [...partitions.flatMap((each) => [...each.differences, ...each.violations]), ...differences][0]?.sentence ?? null;
    return { partitions, differences, first, isProved: first === null };
  } finally {
    await Promise.all([reader.close(), writer.close(), snapshots.close(), projected.close()]);
  }
}

/** The checker looks on. */
class Watch {
  violations: Violation[] = [];

  constructor(
    private readonly partition: number,
    private readonly onRecord: (record: LogRecord) => void,
  ) {}

  begin(): Witness {
    this.violations = [];
    const checked = new CheckedPartition(this.partition);
    const folded: Witness['folded'] = (record) => {
      this.onRecord(record);
      const found = checked.folded(record);
      if (this.violations.length < violationsMax) this.violations.push(...found);
    };
    return { sink: checked.sink, folded };
  }
}

/** Of a partition that is not there 0: the proof says so. */
async function endOf(reader: RecordReader, topic: string, partition: number): Promise<number> {
  try {
    return (await reader.bounds(topic, partition)).end;
  } catch (error) {
    if (error instanceof TopicMissing) return 0;
    throw error;
  }
}

/** A log that was copied alone has none. */
async function isThere(reader: RecordReader, topic: string): Promise<boolean> {
  try {
    await reader.bounds(topic, 0);
    return true;
  } catch (error) {
    if (error instanceof TopicMissing) return false;
    throw error;
  }
}
