import { TopicMissing, type RecordReader } from '@millrace/runtime';

/** The log has partitions without gaps, from 0 on; so many are there in any case. Throws `TopicMissing`, `LogUnavailable`. */
export async function logPartitions(reader: RecordReader, topic: string, projected = 1): Promise<number[]> {
  await reader.bounds(topic, 0);
  const partitions: number[] = [];
  for (let partition = 0; ; partition++) {
    try {
      await reader.bounds(topic, partition);
      partitions.push(partition);
    } catch (error) {
      if (!(error instanceof TopicMissing) || partition < projected) throw error;
      return partitions;
    }
  }
}
