import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProcessCrew } from '@millrace/embedded';
import { checkout } from '../checkout.js';
import type { LocalSystemOptions } from './local-system-options.js';
import type { PortBook } from './port-book.js';
import { nodeFlagsOf, processName, programOf, serviceKinds, type ServiceKind } from './service-kinds.js';
import { waitUntilReady } from './wait-until-ready.js';

/** What all services are told. */
export interface ServiceSurroundings {
  readonly brokers: string;
  /** Undefined for services that run before there is a database. */
  readonly databaseUrl: string | undefined;
  readonly prefix: string;
}

const graceMsDefault = 12_000;
/** A service has this much less than its grace to drain. */
const drainLeadMs = 2_000;

/** The services of a system as processes: each has one port for its whole life, so addresses outlive a restart. */
export class ServiceCrew {
  readonly #crew: ProcessCrew;
  readonly #ports = new Map<string, number>();
  readonly #logs: string;

  constructor(
    private readonly options: LocalSystemOptions,
    private readonly replicas: Readonly<Record<ServiceKind, number>>,
    private readonly ports: PortBook,
  ) {
    const { dataDir, log, graceMs = graceMsDefault } = options;
    this.#logs = join(dataDir, 'logs');
    mkdirSync(this.#logs, { recursive: true, mode: 0o700 });
    this.#crew = new ProcessCrew({ dataDir, graceMs, restartsMax: 1_000, ...(log === undefined ? {} : { log }) });
  }

  /** Chooses all ports, so that services can be told of each other before they run. */
  async choosePorts(): Promise<void> {
    const { apiPort } = this.options;
    for (const kind of serviceKinds) {
      for (let index = 0; index < this.replicas[kind]; index++) {
        const wanted = kind === 'ingest' && index === 0 ? (apiPort ?? undefined) : undefined;
        const name = processName(kind, index);
        this.#ports.set(name, await this.ports.take(name, wanted));
      }
    }
  }

  /** Starts all of a kind and resolves when each is ready. Throws `NotReady`. */
  async startKind(kind: ServiceKind, surroundings: ServiceSurroundings, signal: AbortSignal): Promise<void> {
    const indexes = Array.from({ length: this.replicas[kind] }, (_, index) => index);
    await Promise.all(indexes.map((index) => this.#startOne(kind, index, surroundings, signal)));
  }

  urlOf(kind: ServiceKind, index: number): string {
    return `http://127.0.0.1:${this.#ports.get(processName(kind, index))}`;
  }

  urlsOf(kind: ServiceKind): string[] {
    return Array.from({ length: this.replicas[kind] }, (_, index) => this.urlOf(kind, index));
  }

  pidOf(name: string): number | undefined {
    return this.#crew.pidOf(name);
  }

  get names(): readonly string[] {
    return this.#crew.names;
  }

  logOf(name: string): string {
    return join(this.#logs, `${name}.log`);
  }

  kill(name: string, signal: NodeJS.Signals): boolean {
    return this.#crew.kill(name, signal);
  }

  stopOne(name: string): Promise<void> {
    return this.#crew.stopOne(name);
  }

  /** Kind after kind, so that nothing new comes in while the rest finishes. May be called twice. */
  stop(): Promise<void> {
    const step = (kind: ServiceKind): string[] =>
      Array.from({ length: this.replicas[kind] }, (_, index) => processName(kind, index));
    return this.#crew.stop([step('ingest'), step('worker')]);
  }

  async #startOne(
    kind: ServiceKind,
    index: number,
    surroundings: ServiceSurroundings,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const name = processName(kind, index);
    await this.#crew.start({
      name,
      command: process.execPath,
      args: [...nodeFlagsOf(kind), programOf(kind)],
      cwd: checkout,
      env: this.#environment(kind, index, surroundings),
      logFile: this.logOf(name),
    });
    const awaited = {
      name,
      url: this.urlOf(kind, index),
      logFile: this.logOf(name),
      restarts: () => this.#crew.restartsOf(name),
    };
    await waitUntilReady(awaited, this.options.readyMs ?? 60_000, signal);
  }

  #environment(
    kind: ServiceKind,
    index: number,
    { brokers, databaseUrl, prefix }: ServiceSurroundings,
  ): NodeJS.ProcessEnv {
    const { handlers = [], queues = ['default'], env = {}, envOf = {}, graceMs = graceMsDefault } = this.options;
    const own: Record<string, string> = {
      MILLRACE_KAFKA_BROKERS: brokers,
      MILLRACE_TOPICS_PREFIX: prefix,
      MILLRACE_HOST: '127.0.0.1',
      MILLRACE_DRAIN_MS: String(Math.max(graceMs - drainLeadMs, 100)),
      PORT: String(this.#ports.get(processName(kind, index))),
      // Compiled code is kept between starts; it saves each service a part of its start.
      NODE_COMPILE_CACHE: join(checkout, '.millrace', 'compiled'),
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    };
    if (kind === 'ingest' && this.replicas.query > 0)
      own['MILLRACE_QUERY_URL'] = this.urlOf('query', index % this.replicas.query);
    if (kind === 'worker') {
      own['MILLRACE_WORKER_HANDLERS'] = handlers.map((file) => resolve(file)).join(',');
      own['MILLRACE_WORKER_QUEUES'] = queues.join(',');
    }
    const inherited = Object.entries(process.env).filter(([key]) => !Object.hasOwn(own, key.replace(/_FILE$/, '')));
    return { ...Object.fromEntries(inherited), ...own, ...env, ...envOf[kind] };
  }
}
