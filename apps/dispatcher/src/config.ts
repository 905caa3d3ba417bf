import { commonConfig, milliseconds, snapshotConfig } from '@millrace/nest-kit';
import type { z } from 'zod';

/** What a dispatcher reads from its environment, besides what every service reads. */
export const dispatcherConfig = commonConfig.extend({
  ...snapshotConfig,
  /**
   * A worker without a heartbeat for this long is lost. Default 10,000. Too small: a slow garbage collection loses workers;
   * too large: their tasks wait that long.
   */
  MILLRACE_DISPATCHER_WORKER_SESSION_MS: milliseconds(1_000, 600_000).default(10_000),
});
export type DispatcherConfig = z.output<typeof dispatcherConfig>;
