import { LogUnavailable, TopicMissing } from '@millrace/runtime';
import { kafkaErrorCodes } from './kafka-error-codes.js';
import type { KafkaWire } from './kafka-wire.js';
import { kafkaErrorText } from './kafkajs-internals.js';

interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}
interface OffsetsAnswer {
  readonly responses: readonly {
    topic: string;
    partitions: readonly { partition: number; errorCode: number; offset: string }[];
  }[];
}

const earliest = -2;
const latest = -1;

/**
 * First and next offset of each partition, in the order given; one request per broker and end.
 * Throws `TopicMissing`, and `LogUnavailable` also while a partition has no leader.
 */
export async function readBounds(
  wire: KafkaWire,
  partitions: readonly PartitionName[],
): Promise<{ start: number; end: number }[]> {
  const [starts, ends] = await Promise.all([readOffsets(wire, partitions, earliest), readEnds(wire, partitions)]);
  return partitions.map((_, index) => ({ start: starts[index] ?? 0, end: ends[index] ?? 0 }));
}

/** The next offset of each partition, in the order given. Throws as `readBounds` does. */
export function readEnds(wire: KafkaWire, partitions: readonly PartitionName[]): Promise<number[]> {
  return readOffsets(wire, partitions, latest);
}

async function readOffsets(
  wire: KafkaWire,
  partitions: readonly PartitionName[],
  timestamp: number,
): Promise<number[]> {
  const byNode = new Map<number, PartitionName[]>();
  for (const each of partitions) {
    const leader = await wire.leaderOf(each.topic, each.partition);
    if (leader === undefined) {
      wire.forget(each.topic);
      throw new LogUnavailable(`Expected ${nameOf(each)} to have a leader, but the brokers know none.`);
    }
    byNode.set(leader, [...(byNode.get(leader) ?? []), each]);
  }
  const offsets = new Map<string, number>();
  await Promise.all(
    [...byNode].map(async ([node, wanted]) => {
      for (const [name, offset] of await askOne(wire, node, wanted, timestamp)) offsets.set(name, offset);
    }),
  );
  return partitions.map((each) => {
    const offset = offsets.get(nameOf(each));
    if (offset !== undefined) return offset;
    throw new LogUnavailable(`Expected the offsets of ${nameOf(each)}, but the broker left them out of its answer.`);
  });
}

async function askOne(
  wire: KafkaWire,
  node: number,
  wanted: readonly PartitionName[],
  timestamp: number,
): Promise<[string, number][]> {
  const byTopic = Map.groupBy(wanted, ({ topic }) => topic);
  const topics = [...byTopic].map(([topic, of]) => ({
    topic,
    partitions: of.map(({ partition }) => ({ partition, timestamp })),
  }));
  const forget = (): void => [...byTopic.keys()].forEach((topic) => wire.forget(topic));
  const answer = await wire
    .link(node, 'ask')
    .send<OffsetsAnswer>('ListOffsets', { replicaId: -1, isolationLevel: 0, topics })
    .catch((error: unknown) => {
      forget();
      throw error;
    });
  return answer.responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, errorCode, offset }): [string, number] => {
      if (errorCode === kafkaErrorCodes.none) return [nameOf({ topic, partition }), Number(offset)];
      forget();
      if (errorCode === kafkaErrorCodes.unknownTopicOrPartition) throw new TopicMissing(topic);
      throw new LogUnavailable(
        `Expected the offsets of ${nameOf({ topic, partition })}, but the broker says ${kafkaErrorText(errorCode)}`,
      );
    }),
  );
}

function nameOf({ topic, partition }: PartitionName): string {
  return `${topic}/${partition}`;
}
