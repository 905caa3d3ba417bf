import { LogUnavailable } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { KafkaWire } from './kafka-wire.js';
import { readBounds } from './read-bounds.js';

/** What a consumer group has not settled of one topic. */
export interface GroupLag {
  readonly topic: string;
  /** Records, over all partitions. */
  readonly records: number;
}

/** How far a group is behind the ends of these topics. A partition without a commit counts from its beginning. Throws `LogUnavailable`, `TopicMissing`. */
export async function groupLag(
  connection: KafkaConnection,
  groupId: string,
  topics: readonly { readonly topic: string; readonly partitions: number }[],
): Promise<GroupLag[]> {
  const wire = new KafkaWire(connection);
  const admin = connection.admin();
  try {
    await admin.connect();
    const committed = await admin.fetchOffsets({ groupId, topics: topics.map(({ topic }) => topic) });
    const all = topics.flatMap(({ topic, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    );
    const bounds = await readBounds(wire, all);
    const lags = new Map(topics.map(({ topic }) => [topic, 0]));
    for (const [place, { topic, partition }] of all.entries()) {
      const { start, end } = bounds[place]!;
      const of = committed.find((each) => each.topic === topic)?.partitions;
      const offset = Number(of?.find((each) => each.partition === partition)?.offset ?? -1);
      lags.set(topic, lags.get(topic)! + end - Math.max(start, offset));
    }
    return [...lags].map(([topic, records]) => ({ topic, records }));
  } catch (cause) {
    if (cause instanceof LogUnavailable) throw cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new LogUnavailable(`Expected Kafka to tell the offsets of group ${groupId}, but: ${text}`, { cause });
  } finally {
    wire.close();
    await admin.disconnect().catch(() => undefined);
  }
}
