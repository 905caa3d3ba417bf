import { readConfig, runMain, startService } from '@millrace/nest-kit';
import { ingestConfig } from './ingest-config.js';
import { ingestService } from './ingest-service.js';
import { kafkaIngestLog } from './log/kafka-ingest-log.js';

await runMain('ingest', () =>
  startService(
    ingestService(
      readConfig(ingestConfig),
      ({ MILLRACE_KAFKA_BROKERS: brokers, MILLRACE_TOPICS_PREFIX: prefix }, journal) =>
        kafkaIngestLog({ brokers, prefix, clientId: 'millrace-ingest', journal }),
    ),
  ),
);
