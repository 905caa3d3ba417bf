import { commonConfig } from '@millrace/nest-kit';
import { queueNamePattern } from '@millrace/domain';
import { z } from 'zod';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** What the worker host reads from its environment, besides what every service reads. */
export const workerConfig = commonConfig.extend({
  /** Files of modules with handlers, separated by commas. Default none: the worker joins and serves nothing. */
  MILLRACE_WORKER_HANDLERS: z.string().default('').transform(list),
  /** Queues to serve, separated by commas. Workers with the same queues share their work. */
  MILLRACE_WORKER_QUEUES: z
    .string()
    .default('default')
    .transform(list)
    .pipe(
      z
        .array(z.string().regex(queueNamePattern, 'a queue name has lower-case letters, digits and "-"'))
        .min(1, 'at least one queue'),
    ),
  /**
   * Threads that run the handlers, one attempt each at a time; 0 runs them in the process's own thread. Too small: handlers that
   * compute wait; too large: each has a heap of its own, and more than the processor has cores gain nothing.
   */
  MILLRACE_WORKER_THREADS: z.coerce.number().pipe(z.number().int().min(0).max(256)).default(0),
  /** Handlers that run at the same time, no more than there are threads where there are any. Too small: tasks wait; too large: handlers that compute starve each other. */
  MILLRACE_WORKER_SLOTS: z.coerce.number().pipe(z.number().int().min(1).max(4_096)).default(100),
  /**
   * Short tasks of one log partition that may be dispatched here ahead of their slots. Too small: small batches, more CPU a
   * task; too large: what is dispatched waits here, where priority is not decided.
   */
  MILLRACE_WORKER_CREDITS_MAX: z.coerce.number().pipe(z.number().int().min(1).max(4_096)).default(512),
});
export type WorkerConfig = z.output<typeof workerConfig>;
