import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { HandlerOptions, TaskContext, Worker } from '@millrace/worker';
import { millraceTransport } from './task-handler.js';

/** A task names a handler that no `@TaskHandler` of this application has. */
export class TaskHandlerMissing extends Error {
  override readonly name = 'TaskHandlerMissing';
  constructor(readonly handler: string) {
    super(`Expected a @TaskHandler('${handler}') in one of the application's controllers, but there is none.`);
  }
}

/**
 * Serves an application's `@TaskHandler` methods with a Millrace worker:
 * `app.connectMicroservice({ strategy: new MillraceServer(createWorker({ brokers })) })`. Closing the application drains the
 * worker. One server serves one application.
 */
export class MillraceServer extends Server implements CustomTransportStrategy {
  override readonly transportId = millraceTransport;

  constructor(private readonly worker: Worker) {
    super();
  }

  /** Calls back once the worker is a member of its groups. Throws `TaskHandlerMissing` when there is nothing to serve. */
  listen(callback: (error?: unknown) => void): void {
    if (this.messageHandlers.size === 0) throw new TaskHandlerMissing('...');
    for (const [name, { extras }] of this.messageHandlers) {
      const options = (extras?.['millrace'] ?? {}) as HandlerOptions;
      this.worker.handle(name, options, (input, context) => this.execute(name, input, context));
    }
    this.worker.start().then(() => callback(), callback);
  }

  /** What the method gives, the last value of an Observable. Throws what it throws, and `TaskHandlerMissing`. */
  async execute(name: string, input: unknown, context: TaskContext): Promise<unknown> {
    const handler = this.getHandlerByPattern(name);
    if (handler === null) throw new TaskHandlerMissing(name);
    const returned = await handler(input, context);
    return lastValueFrom(this.transformToObservable(returned), { defaultValue: undefined });
  }

  /** Drains and stops the worker. Idempotent. */
  close(): Promise<void> {
    return this.worker.stop();
  }

  /** A worker has no events to listen to; its `condition` says how it is. */
  on(event: string): never {
    throw new Error(`Expected no listener on ${event}, but one was added: ask the worker's condition instead.`);
  }

  unwrap<T>(): T {
    return this.worker as T;
  }
}
