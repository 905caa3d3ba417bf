import { readConfig, runMain, startService } from '@millrace/nest-kit';
import { dispatcherConfig } from './config.js';
import { DispatcherModule } from './dispatcher.module.js';

await runMain('dispatcher', () =>
  startService({ name: 'dispatcher', module: DispatcherModule, config: readConfig(dispatcherConfig) }),
);
