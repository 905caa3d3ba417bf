import { readConfig, runMain, startService } from '@millrace/nest-kit';
import { queryConfig } from './query-config.js';
import { queryService } from './query-service.js';

await runMain('query', () => startService(queryService(readConfig(queryConfig))));
