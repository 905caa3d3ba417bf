import { commonConfig, databaseConfig, snapshotConfig } from '@millrace/nest-kit';
import type { z } from 'zod';

/** What a projector reads from its environment: it cannot do without Postgres. */
export const projectorConfig = commonConfig.extend({ ...databaseConfig, ...snapshotConfig });
export type ProjectorConfig = z.output<typeof projectorConfig>;
