import { z } from 'zod';
import { milliseconds } from './service-config.js';

/** For services that fold the log: `commonConfig.extend(snapshotConfig)`. */
export const snapshotConfig = {
  /**
   * A snapshot of a partition is due after this many entries of its log. Default 100,000. Too small: the state is written
   * all the time; too large: a recovery folds as many.
   */
  MILLRACE_SNAPSHOT_EVERY_ENTRIES: z.coerce.number().pipe(z.number().int().min(1).max(1_000_000_000)).default(100_000),
  /** And after this long, where anything was folded. Default 60,000. */
  MILLRACE_SNAPSHOT_EVERY_MS: milliseconds(100, 86_400_000).default(60_000),
};
