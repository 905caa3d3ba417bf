import type { ServiceOptions } from '@millrace/nest-kit';
import { serveOpenApi } from './http/open-api.js';
import { validation } from './http/validation.js';
import type { QueryConfig } from './query-config.js';
import { QueryModule } from './query.module.js';

/** Query as a service. */
export function queryService(config: QueryConfig): ServiceOptions<QueryConfig> {
  return {
    name: 'query',
    module: QueryModule,
    config,
    prepare: (app) => {
      app.useGlobalPipes(validation());
      serveOpenApi(app);
    },
  };
}
