import { commonConfig, databaseConfig, milliseconds } from '@millrace/nest-kit';
import { z } from 'zod';

/** What query reads from its environment. */
export const queryConfig = commonConfig.extend({
  ...databaseConfig,
  /** Connections for reads. Too small: reads wait for each other; too large: Postgres runs out of them. */
  MILLRACE_QUERY_CONNECTIONS_MAX: z.coerce.number().pipe(z.number().int().min(1).max(1_000)).default(10),
  /** A read that takes longer is ended. Too small: a filter that matches rarely finds nothing; too large: it holds a connection. */
  MILLRACE_QUERY_ANSWER_MS: milliseconds(100, 600_000).default(10_000),
  /** Tails of runs that are open at once. Too small: callers are refused (503); too large: memory, and reads of long runs. */
  MILLRACE_QUERY_TAILS_MAX: z.coerce.number().pipe(z.number().int().min(1).max(10_000)).default(200),
  /** A tail ends after this long and its reader comes back. Too small: many connections; too large: balancers move nobody. */
  MILLRACE_QUERY_TAIL_MS: milliseconds(1_000, 86_400_000).default(900_000),
});
export type QueryConfig = z.output<typeof queryConfig>;
