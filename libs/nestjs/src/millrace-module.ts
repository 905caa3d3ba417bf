import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata, type Provider } from '@nestjs/common';
import { createClient, type ClientOptions } from '@millrace/client';
import { createWorker, Worker, type WorkerOptions } from '@millrace/worker';
import { millraceClient } from './inject-millrace.js';
import { MillraceHealth } from './millrace-health.js';
import { MillraceServer } from './millrace-server.js';

export interface MillraceModuleOptions {
  /** How this application's worker reaches its cluster; or a worker made elsewhere. Absent: it serves no handler. */
  readonly worker?: WorkerOptions | Worker;
  /** How its client reaches the API. Absent: `@InjectMillrace()` gives none, and says so. */
  readonly client?: ClientOptions;
}

export interface MillraceModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...injected: never[]) => MillraceModuleOptions | Promise<MillraceModuleOptions>;
}

/** The module was given no options for what somebody injects. */
export class MillraceOptionMissing extends Error {
  override readonly name = 'MillraceOptionMissing';
  constructor(readonly option: 'worker' | 'client') {
    super(
      `Expected ${option} in the options of MillraceModule, but there is none. Give it to forRoot or forRootAsync.`,
    );
  }
}

const workerNames = ['handle', 'start', 'drain', 'condition', 'rounds'];
const clientNames = (): string[] => Object.keys(createClient({ url: 'http://127.0.0.1' }));

const options = Symbol('millrace options');

/**
 * Provides, to the whole application, the client (`@InjectMillrace()`), the `Worker`, the `MillraceServer` that serves the
 * `@TaskHandler` methods (`app.connectMicroservice({ strategy: app.get(MillraceServer) })`, then
 * `app.startAllMicroservices()`) and `MillraceHealth`.
 */
@Module({})
export class MillraceModule {
  static forRoot(given: MillraceModuleOptions): DynamicModule {
    return moduleOf([], { provide: options, useValue: given });
  }

  /** The same with options that other providers give. */
  static forRootAsync({ imports = [], inject = [], useFactory }: MillraceModuleAsyncOptions): DynamicModule {
    return moduleOf(imports, { provide: options, inject, useFactory });
  }
}

function moduleOf(imports: NonNullable<ModuleMetadata['imports']>, given: Provider): DynamicModule {
  return {
    module: MillraceModule,
    global: true,
    imports,
    providers: [
      given,
      { provide: Worker, inject: [options], useFactory: workerOf },
      { provide: millraceClient, inject: [options], useFactory: clientOf },
      { provide: MillraceServer, inject: [Worker], useFactory: (worker: Worker) => new MillraceServer(worker) },
      { provide: MillraceHealth, inject: [Worker], useFactory: (worker: Worker) => new MillraceHealth(worker) },
    ],
    exports: [Worker, millraceClient, MillraceServer, MillraceHealth],
  };
}

function workerOf({ worker }: MillraceModuleOptions): Worker {
  if (worker === undefined) return absent(new MillraceOptionMissing('worker'), workerNames);
  return worker instanceof Worker ? worker : createWorker(worker);
}

function clientOf({ client }: MillraceModuleOptions) {
  return client === undefined ? absent(new MillraceOptionMissing('client'), clientNames()) : createClient(client);
}

/** Stands where nothing was configured: Nest may look at it as at every provider, and using it throws. */
function absent<T extends object>(missing: Error, names: readonly string[]): T {
  return new Proxy({} as T, {
    get: (target, name, receiver) => {
      if (typeof name === 'string' && names.includes(name)) throw missing;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}
