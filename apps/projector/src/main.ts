import { readConfig, runMain, startService } from '@millrace/nest-kit';
import { projectorConfig } from './config.js';
import { ProjectorModule } from './projector.module.js';

await runMain('projector', () =>
  startService({ name: 'projector', module: ProjectorModule, config: readConfig(projectorConfig) }),
);
