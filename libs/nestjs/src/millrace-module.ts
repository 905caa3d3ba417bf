import { Module, type DynamicModule } from '@nestjs/common';
import { createWorker, Worker, type WorkerOptions } from '@millrace/worker';
import { MillraceServer } from './millrace-server.js';

export interface MillraceModuleOptions {
  /** How this application's worker reaches its cluster; or a worker made elsewhere. */
  readonly worker: WorkerOptions | Worker;
}

/**
 * Provides the application's `Worker` and the `MillraceServer` that serves its `@TaskHandler` methods:
 * `app.connectMicroservice({ strategy: app.get(MillraceServer) })`, then `app.startAllMicroservices()`.
 */
@Module({})
export class MillraceModule {
  static forRoot({ worker }: MillraceModuleOptions): DynamicModule {
    return {
      module: MillraceModule,
      global: true,
      providers: [
        { provide: Worker, useFactory: () => (worker instanceof Worker ? worker : createWorker(worker)) },
        { provide: MillraceServer, inject: [Worker], useFactory: (made: Worker) => new MillraceServer(made) },
      ],
      exports: [Worker, MillraceServer],
    };
  }
}
