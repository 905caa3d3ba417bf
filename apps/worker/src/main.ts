import { readConfig, runMain, startService } from '@millrace/nest-kit';
import { hostedHandlers } from './hosted-handlers.js';
import { workerConfig } from './worker-config.js';
import { WorkerModule } from './worker.module.js';

await runMain('worker', async () => {
  const config = readConfig(workerConfig);
  const handlers = await hostedHandlers(config.MILLRACE_WORKER_HANDLERS, config.MILLRACE_WORKER_THREADS > 0);
  return startService({ name: 'worker', module: WorkerModule.serving(handlers), config });
});
