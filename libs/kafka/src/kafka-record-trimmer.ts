import { LogUnavailable, type RecordTrimmer } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';

/** Deletes by DeleteRecords. Connects for each call and disconnects after: calls are rare. */
export class KafkaRecordTrimmer implements RecordTrimmer {
  constructor(private readonly connection: KafkaConnection) {}

  async deleteBelow(topic: string, partition: number, offset: number): Promise<void> {
    const admin = this.connection.admin();
    try {
      await admin.connect();
      // kafkajs does not know the partition's leader before it has asked for its offsets.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new LogUnavailable(
        `Expected records of ${topic}/${partition} below ${offset} to be deleted, but: ${text}`,
        {
          cause,
        },
      );
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}
