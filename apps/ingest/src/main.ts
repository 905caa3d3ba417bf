import { readConfig, runMain, startService } from '@millrace/nest-kit';
import { ingestConfig } from './ingest-config.js';
import { ingestService } from './ingest-service.js';
import { kafkaIngestLog } from './log/kafka-ingest-log.js';

await runMain('ingest', () =>
  startService(
    ingestService(readConfig(ingestConfig), ({ MILLRACE_KAFKA_BROKERS: brokers }, journal) =>
      kafkaIngestLog({ brokers, clientId: 'millrace-ingest', journal }),
    ),
  ),
);
