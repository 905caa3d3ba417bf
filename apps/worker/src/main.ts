import { readConfig, runMain, startService } from '@millrace/nest-kit';
import { loadHandlers } from '@millrace/worker';
import { workerConfig } from './worker-config.js';
import { WorkerModule } from './worker.module.js';

await runMain('worker', async () => {
  const config = readConfig(workerConfig);
  const handlers = await loadHandlers(config.MILLRACE_WORKER_HANDLERS);
  return startService({ name: 'worker', module: WorkerModule.serving(handlers), config });
});
