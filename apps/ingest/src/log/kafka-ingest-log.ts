import {
  connectKafka,
  KafkaIntakeSource,
  KafkaRecordReader,
  KafkaRecordWriter,
  KafkaTopics,
  type KafkaOptions,
} from '@millrace/kafka';
import { LogUnavailable, type RecordReader } from '@millrace/runtime';
import type { IngestLog } from './ingest-log.js';

export function kafkaIngestLog(options: KafkaOptions & { readonly prefix: string }): IngestLog {
  const connection = connectKafka(options);
  const writer = new KafkaRecordWriter(connection);
  const topics = new KafkaTopics(connection);
  const readers: RecordReader[] = [];
  return {
    writer,
    reader: () => {
      const reader = new KafkaRecordReader(connection);
      readers.push(reader);
      return reader;
    },
    intake: () => new KafkaIntakeSource(connection, options.prefix),
    check: (plans) => topics.check(plans),
    topicNames: async () => {
      const admin = connection.admin();
      try {
        await admin.connect();
        return new Set(await admin.listTopics());
      } catch (cause) {
        throw new LogUnavailable('Expected Kafka to list its topics, but it did not answer.', { cause });
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    },
    close: async () => {
      await Promise.all([...readers, writer].map((each) => each.close()));
    },
  };
}
