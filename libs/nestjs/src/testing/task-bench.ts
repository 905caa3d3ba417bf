import { Worker, type TaskContext } from '@millrace/worker';
import type { MillraceServer } from '../millrace-server.js';

/**
 * A worker without a cluster, for tests of an application: give it to `MillraceModule.forRoot({ worker })`, start the
 * microservice, and `run` calls a `@TaskHandler` method through its guards, pipes, interceptors and filters.
 */
export class TaskBench extends Worker {
  #isStopped = false;

  constructor() {
    super({ slots: 1 } as never);
  }

  override async start(): Promise<void> {
    this.#isStopped = false;
  }

  override async stop(): Promise<void> {
    this.#isStopped = true;
  }

  /** What the method returns. Throws what it throws, and `TaskHandlerMissing`. `context` fills what a test asks for. */
  run(server: MillraceServer, handler: string, input?: unknown, context: Partial<TaskContext> = {}): Promise<unknown> {
    if (this.#isStopped) throw new Error('Expected a worker that was not stopped, but the application was closed.');
    return server.execute(handler, input, { ...plainContext(), ...context });
  }
}

const ignore = (): void => undefined;

function plainContext(): TaskContext {
  return {
    run: `0000${'0'.repeat(32)}`,
    task: 0,
    id: 'task',
    attempt: 1,
    fencingToken: 1,
    idempotencyKey: 'test-0',
    workflow: undefined,
    parentResults: {},
    async *eachParentResult() {},
    parentResult: async () => undefined,
    signal: new AbortController().signal,
    checkpoint: undefined,
    heartbeat: ignore,
    traceparent: undefined,
    logger: { info: ignore, warn: ignore, error: ignore },
    startToCloseMs: 300_000,
  };
}
