import {
  connectKafka,
  KafkaRecordReader,
  KafkaRecordWriter,
  KafkaTaskSource,
  type KafkaConnection,
} from '@millrace/kafka';
import { bandNamesHighestFirst, type Topics } from '@millrace/protocol';
import { LogItems, LogUnavailable, TopicMissing, type Journal } from '@millrace/runtime';
import type { Connect } from './connections.js';
import { QueueUndeclared } from './errors.js';
import { ThreadHeart } from './heart/thread-heart.js';
import { systemClock } from './system-clock.js';

export interface ClusterOptions {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly topics: Topics;
  readonly queues: readonly string[];
  readonly journal: Journal;
  /** End the process where its main thread blocks and nobody waits for it any more. */
  readonly exitWhenHopeless: boolean;
}

/** Connects each incarnation to Kafka with connections of its own. */
export function connectCluster(options: ClusterOptions): Connect {
  const { brokers, prefix, topics, queues, journal, exitWhenHopeless } = options;
  return async (id) => {
    const connection = connectKafka({ brokers, clientId: id, journal });
    const [logPartitions, controlPartitions] = await partitionCounts(
      connection,
      [topics.log, topics.control],
      queues,
      topics,
    );
    const writer = new KafkaRecordWriter(connection);
    const itemReader = new KafkaRecordReader(connection);
    return {
      logPartitions: logPartitions!,
      controlPartitions: controlPartitions!,
      source: new KafkaTaskSource(connection, { prefix, queues }),
      control: new KafkaRecordReader(connection),
      items: new LogItems(itemReader, topics.log),
      writer,
      openHeart: ({ board: { memory } }) =>
        new ThreadHeart({ id, topic: topics.workers, brokers, memory, exitWhenHopeless, clock: systemClock, journal }),
      close: async () => {
        await Promise.all([itemReader.close(), writer.close()]);
      },
    };
  };
}

/** Throws `LogUnavailable`, `TopicMissing`, and `QueueUndeclared` for a queue without topics. */
async function partitionCounts(
  connection: KafkaConnection,
  topics: readonly string[],
  queues: readonly string[],
  named: Topics,
): Promise<number[]> {
  const admin = connection.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = topics.find((topic) => !existing.has(topic));
    if (missing !== undefined) throw new TopicMissing(missing);
    for (const queue of queues) {
      const absent = bandNamesHighestFirst
        .map((band) => named.tasks(queue, band))
        .find((topic) => !existing.has(topic));
      if (absent !== undefined) throw new QueueUndeclared(queue, absent);
    }
    const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
    return topics.map((topic) => metadata.topics.find(({ name }) => name === topic)!.partitions.length);
  } catch (cause) {
    if (cause instanceof TopicMissing || cause instanceof QueueUndeclared) throw cause;
    const brokers = connection.brokers.join(', ');
    const { message } = cause as Error;
    throw new LogUnavailable(`Expected Kafka at ${brokers} to name its topics, but: ${message}`, { cause });
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
