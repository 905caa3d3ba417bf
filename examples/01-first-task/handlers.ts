import { NonRetryableError, type TaskContext } from '@millrace/worker';

interface Hello {
  readonly name?: string;
}

/** Handlers by name: what `MILLRACE_WORKER_HANDLERS` points a worker to. */
export const handlers = {
  hello: async ({ name = 'world' }: Hello = {}, { attempt, logger }: TaskContext) => {
    if (typeof name !== 'string') throw new NonRetryableError(`Expected a name, but found ${typeof name}.`);
    logger.info({ name }, 'greeting');
    return { greeting: `Hello, ${name}!`, attempt };
  },
};
