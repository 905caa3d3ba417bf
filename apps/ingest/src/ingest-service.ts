import { limits } from '@millrace/protocol';
import type { ServiceOptions } from '@millrace/nest-kit';
import type { Journal } from '@millrace/runtime';
import { serveOpenApi } from './http/open-api.js';
import type { IngestConfig } from './ingest-config.js';
import { IngestModule } from './ingest.module.js';
import type { IngestLog } from './log/ingest-log.js';

/** Ingest as a service on the log that `makeLog` gives. */
export function ingestService(
  config: IngestConfig,
  makeLog: (config: IngestConfig, journal: Journal) => IngestLog,
): ServiceOptions {
  return {
    name: 'ingest',
    module: IngestModule.with(makeLog),
    config,
    http: {
      bodyBytesMax: {
        '/v1/bulk': limits.bulkBodyBytesMax,
        '/v1/workflows': config.MILLRACE_INGEST_WORKFLOW_BYTES_MAX,
      },
      stream: { type: 'application/x-ndjson', routes: ['/v1/bulk', '/v1/workflows'] },
      textTypes: ['application/yaml', 'application/x-yaml', 'text/yaml'],
    },
    prepare: serveOpenApi,
  };
}
