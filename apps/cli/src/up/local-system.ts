import { join, resolve } from 'node:path';
import { FolderLock } from '@millrace/embedded';
import { migrate } from '@millrace/postgres';
import { applyTopics } from '../topics/apply-topics.js';
import { allOrFirstFailure } from './all-or-first-failure.js';
import type { KeptServer } from './kept-server.js';
import { startKafka, startPostgres, type LocalServer } from './local-servers.js';
import { apiPortDefault, replicasDefault, type LocalSystemOptions } from './local-system-options.js';
import { PortBook } from './port-book.js';
import { ServiceCrew } from './service-crew.js';
import { needsTables, processName, serviceKinds, type ProcessKind, type ServiceKind } from './service-kinds.js';
import { removeSystemFile, writeSystemFile, type SystemFile } from './system-file.js';

const fileRefreshMs = 1_000;

/**
 * All of Millrace on one machine: broker, database and services as child processes that are started again when they die. They end with
 * this process; what a killed one left in its folder is cleaned by the next start.
 */
export class LocalSystem {
  readonly dataDir: string;
  readonly #options: LocalSystemOptions;
  readonly #replicas: Readonly<Record<ServiceKind, number>>;
  readonly #halt = new AbortController();
  readonly #servers = new Map<ProcessKind, KeptServer>();
  #lock: FolderLock | undefined;
  #crew: ServiceCrew | undefined;
  #brokers = '';
  #databaseUrl = '';
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #refresh: NodeJS.Timeout | undefined;

  constructor(options: LocalSystemOptions) {
    this.dataDir = resolve(options.dataDir);
    this.#options = { apiPort: apiPortDefault, ...options, dataDir: this.dataDir };
    this.#replicas = { ...replicasDefault, ...options.replicas };
  }

  /** `host:port` of the broker. */
  get brokers(): string {
    return this.#brokers;
  }

  get databaseUrl(): string {
    return this.#databaseUrl;
  }

  get prefix(): string {
    return this.#options.prefix ?? 'millrace';
  }

  get partitions(): number {
    return this.#options.partitions ?? 8;
  }

  /** Where users go: the first ingest. */
  get apiUrl(): string {
    return this.urlsOf('ingest')[0] as string;
  }

  urlsOf(kind: ServiceKind): string[] {
    return this.#started().urlsOf(kind);
  }

  /**
   * Resolves when every service is ready. Where that fails, what was started is stopped and the cause is thrown: `FolderLockedError`,
   * `EmbeddedServerError`, `TopicFault`, `LineageFault`, `MigrationRefused`, `NotReady`, ...
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Stops all in order, each process within its grace, and leaves the data. May be called twice, and during the start. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Sends a signal to one process, counted from 0; one that ends by it is started again. False where it does not run now. */
  kill(kind: ProcessKind, index = 0, signal: NodeJS.Signals = 'SIGKILL'): boolean {
    if (kind === 'kafka' || kind === 'postgres') return this.#servers.get(kind)?.kill(signal) ?? false;
    return this.#started().kill(processName(kind, index), signal);
  }

  /** The pids of a kind, in order; undefined for one that is being started again, nothing for a server that is not ours. */
  pidsOf(kind: ProcessKind): (number | undefined)[] {
    if (kind !== 'kafka' && kind !== 'postgres') {
      return this.#namesOf(kind).map((name) => this.#started().pidOf(name));
    }
    const server = this.#servers.get(kind);
    return server === undefined ? [] : [server.pid];
  }

  /** The log files of a kind, in order. */
  logsOf(kind: ProcessKind): string[] {
    if (kind !== 'kafka' && kind !== 'postgres') return this.#namesOf(kind).map((name) => this.#started().logOf(name));
    const file = this.#servers.get(kind)?.logFile;
    return file === undefined ? [] : [file];
  }

  async #start(): Promise<void> {
    this.#lock = FolderLock.take(this.dataDir);
    try {
      const ports = new PortBook(join(this.dataDir, 'ports.json'));
      const crew = new ServiceCrew(this.#options, this.#replicas, ports);
      this.#crew = crew;
      await crew.choosePorts();
      const topics = this.#startKafka(ports).then(() => this.#applyTopics());
      const tables = this.#startPostgres(ports).then(() => this.#migrate());
      const ready = serviceKinds.map(async (kind) => {
        await Promise.all(needsTables.has(kind) || kind === 'worker' ? [topics, tables] : [topics]);
        await this.#startServices(crew, kind);
      });
      await allOrFirstFailure([topics, tables, ...ready], this.#halt);
      this.#keepFile();
    } catch (error) {
      await this.#tearDown();
      throw error;
    }
  }

  async #startKafka(ports: PortBook): Promise<void> {
    this.#brokers = await this.#startServer('kafka', this.#options.brokers, () =>
      startKafka(this.dataDir, ports, this.#log),
    );
  }

  async #startPostgres(ports: PortBook): Promise<void> {
    this.#databaseUrl = await this.#startServer('postgres', this.#options.databaseUrl, () =>
      startPostgres(this.dataDir, ports, this.#log),
    );
  }

  async #startServer(
    kind: 'kafka' | 'postgres',
    given: string | undefined,
    launch: () => Promise<LocalServer>,
  ): Promise<string> {
    if (given !== undefined) return given;
    return this.#step(kind === 'kafka' ? 'Kafka' : 'Postgres', async () => {
      const { kept, address } = await launch();
      this.#servers.set(kind, kept);
      return [address, new URL(address.includes('://') ? address : `tcp://${address}`).host];
    });
  }

  #applyTopics(): Promise<void> {
    const { queues = ['default'], taskPartitions = 16 } = this.#options;
    return this.#step('Topics', async () => {
      const options = { prefix: this.prefix, logPartitions: this.partitions, taskPartitions, queues };
      const { reviews, births } = await applyTopics({ ...options, brokers: this.#brokers });
      return [undefined, `${reviews.length} topics, ${births.length} log partitions`];
    });
  }

  #migrate(): Promise<void> {
    return this.#step('Tables', async () => {
      const applied = await migrate(this.#databaseUrl);
      return [undefined, applied.length === 0 ? 'up to date' : `${applied.length} migrations`];
    });
  }

  #startServices(crew: ServiceCrew, kind: ServiceKind): Promise<void> {
    const surroundings = {
      brokers: this.#brokers,
      databaseUrl: this.#databaseUrl === '' ? undefined : this.#databaseUrl,
      prefix: this.prefix,
    };
    const count = this.#replicas[kind];
    if (count === 0) return Promise.resolve();
    return this.#step(count === 1 ? kind : `${kind} x ${count}`, async () => {
      await crew.startKind(kind, surroundings, this.#halt.signal);
      return [undefined, kind === 'ingest' || kind === 'query' ? crew.urlsOf(kind).join(' ') : ''];
    });
  }

  async #step<T>(title: string, work: () => Promise<[result: T, detail: string]>): Promise<T> {
    this.#halt.signal.throwIfAborted();
    const startedAt = performance.now();
    const [result, detail] = await work();
    this.#options.onStep?.({ title, detail, tookMs: performance.now() - startedAt });
    return result;
  }

  #keepFile(): void {
    let last = '';
    const write = (): void => {
      const system = this.#describe();
      if (JSON.stringify(system) === last) return;
      last = JSON.stringify(system);
      writeSystemFile(this.dataDir, system);
    };
    write();
    this.#refresh = setInterval(write, fileRefreshMs).unref();
  }

  #describe(): SystemFile {
    const kinds: ProcessKind[] = ['kafka', 'postgres', ...serviceKinds];
    const pids = kinds.flatMap((kind) =>
      this.pidsOf(kind).map((pid, index) => [this.#isService(kind) ? processName(kind, index) : kind, pid] as const),
    );
    return {
      pid: process.pid,
      apiUrl: this.apiUrl,
      brokers: this.#brokers,
      databaseUrl: this.#databaseUrl,
      topicsPrefix: this.prefix,
      partitions: this.partitions,
      urls: this.#urls(),
      pids: Object.fromEntries(pids.filter((entry): entry is readonly [string, number] => entry[1] !== undefined)),
    };
  }

  #urls(): Record<string, string> {
    const named = serviceKinds.flatMap((kind) =>
      this.urlsOf(kind).map((url, index): [string, string] => [processName(kind, index), url]),
    );
    return Object.fromEntries(named);
  }

  async #stop(): Promise<void> {
    this.#halt.abort(new Error('Expected to start Millrace, but it was asked to stop.'));
    await this.#starting?.catch(() => undefined);
    await this.#tearDown();
  }

  async #tearDown(): Promise<void> {
    clearInterval(this.#refresh);
    await this.#crew?.stop();
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
    if (this.#lock !== undefined) removeSystemFile(this.dataDir);
    this.#lock?.release();
  }

  #isService(kind: ProcessKind): kind is ServiceKind {
    return kind !== 'kafka' && kind !== 'postgres';
  }

  #namesOf(kind: ServiceKind): string[] {
    return Array.from({ length: this.#replicas[kind] }, (_, index) => processName(kind, index));
  }

  #started(): ServiceCrew {
    if (this.#crew === undefined) throw new Error('Expected a system that was started, but this one was not.');
    return this.#crew;
  }

  readonly #log = (line: string): void => this.#options.log?.(line);
}
