import { randomBytes } from 'node:crypto';
import { KafkaRecordReader, KafkaRecordWriter } from '@millrace/kafka';
import type { Gap, GapAccepted } from '@millrace/domain';
import { topicsOf } from '@millrace/protocol';
import { acceptanceIn, findGap, FrameWriter, readBirth } from '@millrace/runtime';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { processClock } from '../process-clock.js';
import { quietJournal } from '../quiet-journal.js';
import { readLog } from '../read-log.js';
import { kafkaOf } from '../topics/apply-topics.js';

export interface AcceptGapOptions {
  readonly brokers: string;
  readonly prefix: string;
  readonly partition: number;
  /** The offset that readers say they expect. */
  readonly from: number;
  readonly isDryRun: boolean;
}

/** What was said, and whether somebody had said it before. */
export interface GapAnswer extends Gap {
  readonly partition: number;
  readonly accepted: 'now' | 'before' | 'dry-run';
}

const giveUpMs = 30_000;

/**
 * Writes into the partition that the records missing from offset `from` on are lost for good; harmless twice. Throws
 * `CommandFailed` where no gap begins there, `LineageFault` where the log has no beginning, `LogUnavailable`, `TopicMissing`.
 */
export async function acceptGap(options: AcceptGapOptions): Promise<GapAnswer> {
  const { brokers, prefix, partition, from, isDryRun } = options;
  const topic = topicsOf(prefix).log;
  const kafka = kafkaOf(brokers);
  const reader = new KafkaRecordReader(kafka);
  const writer = new KafkaRecordWriter(kafka);
  try {
    await readBirth(reader, topic, partition);
    const gap = await findGap(reader, topic, partition, from);
    if (gap === undefined) throw new CommandFailed(await noGapAt(reader, topic, partition, from), exitCodes.conflict);
    for await (const { record } of readLog(reader, topic, { partition, from: gap.to })) {
      if (acceptanceIn(record, gap) !== undefined) return { partition, ...gap, accepted: 'before' };
    }
    if (isDryRun) return { partition, ...gap, accepted: 'dry-run' };
    const by = `operator-${randomBytes(8).toString('hex')}`;
    const frames = new FrameWriter({
      writer,
      topic,
      partition,
      by,
      clock: processClock,
      journal: quietJournal,
      giveUpMs,
    });
    const item: GapAccepted = { type: 'GapAccepted', ...gap, command: by };
    await frames.append([item], 'reject');
    return { partition, ...gap, accepted: 'now' };
  } finally {
    await Promise.all([reader.close(), writer.close()]);
  }
}

async function noGapAt(reader: KafkaRecordReader, topic: string, partition: number, from: number): Promise<string> {
  const { start, end } = await reader.bounds(topic, partition);
  const there = `Expected records to be missing from offset ${from} of ${topic}/${partition} on, but`;
  if (from < 1 || from - 1 < start)
    return `${there} the log begins at ${start}: its beginning can only be restored from a copy.`;
  if (from >= end) return `${there} the log ends at ${end}: what comes next is not written yet.`;
  return `${there} no gap begins there. The halted service says which offset it expects.`;
}
