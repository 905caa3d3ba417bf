import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartitionBorn } from '@millrace/domain';
import { connectKafka, KafkaRecordReader, KafkaRecordWriter, KafkaTopics, type TopicReview } from '@millrace/kafka';
import { planTopics, topicsOf, type TopicPlanOptions } from '@millrace/protocol';
import { ensureBorn, LogUnavailable } from '@millrace/runtime';
import { quietJournal } from '../quiet-journal.js';

/** A broker that shares two busy cores took over 10 s to lead the partitions of new topics. */
const leadersMsMax = 60_000;
const leadersPauseMs = 50;

export interface ApplyTopicsOptions extends TopicPlanOptions {
  /** `host:port`, several separated by commas. */
  readonly brokers: string;
  /** Copies of each partition of a topic that is made. Default: the smaller of 3 and the number of brokers. */
  readonly replication?: number;
}

/** The cluster as commands reach it. */
export function kafkaOf(brokers: string): ReturnType<typeof connectKafka> {
  return connectKafka({ brokers: brokers.split(','), clientId: 'millrace-cli', journal: quietJournal });
}

/** What is missing or wrong, topic by topic; changes nothing. Throws `LogUnavailable`. */
export async function reviewTopics(options: ApplyTopicsOptions): Promise<TopicReview[]> {
  return new KafkaTopics(kafkaOf(options.brokers)).plan(planTopics(options));
}

/**
 * Creates what is missing and gives every log partition its birth. Harmless twice. Throws the first `TopicFault` that creating cannot
 * mend, `LineageFault` where the log is another one, and `LogUnavailable`.
 */
export async function applyTopics(
  options: ApplyTopicsOptions,
): Promise<{ reviews: TopicReview[]; births: PartitionBorn[] }> {
  const connection = kafkaOf(options.brokers);
  const topics = new KafkaTopics(connection);
  const reviews = await topics.apply(planTopics(options), options.replication);
  for (const { faults } of reviews) if (faults[0] !== undefined) throw faults[0];
  const reader = new KafkaRecordReader(connection);
  const writer = new KafkaRecordWriter(connection);
  try {
    const cluster = await topics.clusterId();
    const births = await patiently(() =>
      ensureBorn({
        reader,
        writer,
        topic: topicsOf(options.prefix).log,
        partitions: options.logPartitions,
        cluster,
        clock: { now: Date.now, uptimeMs: unused, after: unused },
        nonce: () => randomBytes(16).toString('hex'),
      }),
    );
    return { reviews, births };
  } finally {
    await Promise.all([reader.close(), writer.close()]);
  }
}

/** A broker that has just started answers before it leads its partitions. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + leadersMsMax;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LogUnavailable) || performance.now() > deadline) throw error;
      await sleep(leadersPauseMs);
    }
  }
}

function unused(): never {
  throw new Error('Expected births to need no timer');
}
