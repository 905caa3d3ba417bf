import {
  LogUnavailable,
  RecordTooLarge,
  TopicMissing,
  type Appended,
  type OutgoingRecord,
  type RecordWriter,
} from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { kafkaErrorCodes } from './kafka-error-codes.js';
import { KafkaWire } from './kafka-wire.js';
import { kafkaErrorText } from './kafkajs-internals.js';
import { splitBatches, type Batch } from './split-batches.js';

interface PartitionResult {
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: string;
  /** `-1` for topics with CreateTime. */
  readonly logAppendTime: string;
}
interface ProduceAnswer {
  readonly topics: readonly { topicName: string; partitions: readonly PartitionResult[] }[];
}

/**
 * Connections per broker. A broker answers the requests of one connection one by one, and with replication every append
 * waits for the followers: partitions are spread over this many.
 */
const lanesMax = 4;
/** Under the 1 MiB of `max.message.bytes` by more than a batch's own fields. */
const batchBytesMax = 1_000_000;

/**
 * Writes with acks=all, each call one try: never retried, never in the idempotent mode, uncompressed. All records of an
 * append are one batch, which must fit into the topic's `max.message.bytes` with some 70 bytes of overhead; `appendAll`
 * sends what one batch per partition does not hold in further requests.
 * Appends to different partitions run concurrently; those to one partition reach the broker in the order of the calls.
 */
export class KafkaRecordWriter implements RecordWriter {
  private readonly wire: KafkaWire;
  private readonly requestMsMax: number;

  constructor(connection: KafkaConnection) {
    this.wire = new KafkaWire(connection);
    this.requestMsMax = connection.requestMsMax;
  }

  async append(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<Appended> {
    const leader = await this.leaderOf(topic, partition);
    const sentAt = Date.now();
    const answer = await this.produce(leader, partition % lanesMax, [{ topic, partition, records }]);
    const result = answer.topics[0]?.partitions[0];
    if (result === undefined)
      throw new LogUnavailable(`Expected an acknowledgement of ${topic}/${partition}, but none came.`);
    this.throwFailure(topic, result);
    const appendedAt = Number(result.logAppendTime);
    return { offset: Number(result.baseOffset), at: appendedAt < 0 ? sentAt : appendedAt };
  }

  async appendAll(batches: readonly Batch[]): Promise<void> {
    for (const request of splitBatches(batches, batchBytesMax)) await this.appendEach(request);
  }

  /** Appends that are under way fail. Tolerates being called twice. */
  async close(): Promise<void> {
    this.wire.close();
  }

  private async appendEach(batches: readonly Batch[]): Promise<void> {
    const byLeader = new Map<number, Batch[]>();
    for (const batch of batches) {
      const leader = await this.leaderOf(batch.topic, batch.partition);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
    }
    const answers = await Promise.all(
      [...byLeader].map(([leader, mine]) => this.produce(leader, (mine[0]?.partition ?? 0) % lanesMax, mine)),
    );
    for (const { topics } of answers) {
      for (const { topicName, partitions } of topics) {
        for (const result of partitions) this.throwFailure(topicName, result);
      }
    }
  }

  private async leaderOf(topic: string, partition: number): Promise<number> {
    const leader = await this.wire.leaderOf(topic, partition);
    if (leader !== undefined) return leader;
    this.wire.forget(topic);
    throw new LogUnavailable(`Expected ${topic}/${partition} to have a leader, but the brokers know none.`);
  }

  private async produce(leader: number, lane: number, batches: readonly Batch[]): Promise<ProduceAnswer> {
    try {
      const request = produceRequest(batches, this.requestMsMax);
      return await this.wire.link(leader, `append-${lane}`).send<ProduceAnswer>('Produce', request);
    } catch (error) {
      for (const { topic } of batches) this.wire.forget(topic);
      throw error;
    }
  }

  private throwFailure(topic: string, { partition, errorCode }: PartitionResult): void {
    if (errorCode === kafkaErrorCodes.none) return;
    const text = `Expected an append to ${topic}/${partition}, but the broker says ${kafkaErrorText(errorCode)}`;
    if (errorCode === kafkaErrorCodes.messageTooLarge || errorCode === kafkaErrorCodes.recordListTooLarge) {
      throw new RecordTooLarge(text);
    }
    this.wire.forget(topic);
    if (errorCode === kafkaErrorCodes.unknownTopicOrPartition) throw new TopicMissing(topic);
    throw new LogUnavailable(text);
  }
}

function produceRequest(batches: readonly Batch[], timeout: number): object {
  const byTopic = Map.groupBy(batches, ({ topic }) => topic);
  const topicData = [...byTopic].map(([topic, of]) => ({
    topic,
    partitions: [...Map.groupBy(of, ({ partition }) => partition)].map(([partition, same]) => ({
      partition,
      firstSequence: -1,
      messages: same.flatMap(({ records }) => records.map(messageOf)),
    })),
  }));
  return { acks: -1, timeout, producerId: -1, producerEpoch: -1, compression: 0, topicData };
}

function messageOf({ key, value, headers }: OutgoingRecord): object {
  return { key: key ?? null, value: Buffer.from(value.buffer, value.byteOffset, value.byteLength), headers };
}
