import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedKafka, type EmbeddedKafkaOptions } from './embedded-kafka.js';
import { EmbeddedServerError } from './embedded-server-error.js';
import { freePort } from './free-port.js';
import { newClusterId, type KafkaSeat } from './kafka-seat.js';
import { readRecord, writeRecord } from './process-record.js';

/** How to start a cluster. */
export interface EmbeddedKafkaClusterOptions extends Pick<
  EmbeddedKafkaOptions,
  'dataDir' | 'jarsDir' | 'archiveDir' | 'readyMs' | 'log'
> {
  /** Brokers, each of them a controller, too. Default 3: topics get three copies, and two must have what is acknowledged. */
  readonly brokers?: number;
  /** Heap of each JVM in MiB. Default 256. */
  readonly heapMb?: number;
}

/**
 * Several Kafka brokers of one cluster as child processes on 127.0.0.1. With three of them, one may be killed at any time: what was
 * acknowledged is on another. The same folder is the same cluster, on the same ports.
 */
export class EmbeddedKafkaCluster {
  readonly #running = new Map<number, EmbeddedKafka>();

  private constructor(
    private readonly options: EmbeddedKafkaClusterOptions,
    private readonly seats: readonly KafkaSeat[],
  ) {}

  /** For `bootstrap.servers`: all of them, separated by commas. */
  get brokers(): string {
    return this.seats.map(({ port }) => `127.0.0.1:${port}`).join(',');
  }

  /** From 1, as the cluster's metadata names them. */
  get nodeIds(): readonly number[] {
    return this.seats.map(({ nodeId }) => nodeId);
  }

  /** Starts all and resolves when each takes part in the cluster. Where one fails, the others are stopped, and its error is thrown. */
  static async start(options: EmbeddedKafkaClusterOptions): Promise<EmbeddedKafkaCluster> {
    mkdirSync(options.dataDir, { recursive: true });
    const cluster = new EmbeddedKafkaCluster(options, await seatsOf(options.dataDir, options.brokers ?? 3));
    const starts = await Promise.allSettled(cluster.nodeIds.map((nodeId) => cluster.start(nodeId)));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed === undefined) return cluster;
    await cluster.stop();
    throw failed.reason;
  }

  /** Undefined while it does not run. */
  pidOf(nodeId: number): number | undefined {
    return this.#running.get(nodeId)?.pid;
  }

  /** Starts a broker that was killed, at its old address. One that runs is left as it is. */
  async start(nodeId: number): Promise<void> {
    if (this.#running.has(nodeId)) return;
    const { dataDir, brokers: _count, heapMb = 256, ...rest } = this.options;
    const seat = this.#seatOf(nodeId);
    const folder = join(dataDir, `broker-${nodeId}`);
    this.#running.set(nodeId, await EmbeddedKafka.start({ ...rest, heapMb, dataDir: folder, seat }));
  }

  /** SIGKILL, as a crash would be. One that does not run is left as it is. */
  async kill(nodeId: number): Promise<void> {
    const broker = this.#running.get(nodeId);
    this.#running.delete(nodeId);
    await broker?.kill();
  }

  /** Stops all in good order. May be called twice. */
  async stop(): Promise<void> {
    const brokers = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(brokers.map((broker) => broker.stop()));
  }

  #seatOf(nodeId: number): KafkaSeat {
    const seat = this.seats.find((each) => each.nodeId === nodeId);
    if (seat !== undefined) return seat;
    throw new EmbeddedServerError(
      `Expected one of the brokers ${this.nodeIds.join(', ')}, but ${nodeId} is none of them.`,
    );
  }
}

interface KnownCluster {
  readonly clusterId: string;
  readonly ports: readonly { readonly port: number; readonly controllerPort: number }[];
}

/** The folder's cluster, as it was founded; the number of brokers is fixed then, since they elect each other. */
async function seatsOf(dataDir: string, brokers: number): Promise<KafkaSeat[]> {
  const file = join(dataDir, 'cluster.json');
  const known = readRecord<KnownCluster>(file);
  if (known !== undefined && known.ports.length !== brokers) {
    throw new EmbeddedServerError(
      `Expected ${dataDir} to hold a cluster of ${brokers} brokers, but it was founded with ${known.ports.length}.`,
    );
  }
  const { clusterId, ports } = known ?? { clusterId: newClusterId(), ports: await freePorts(brokers) };
  writeRecord(file, { clusterId, ports } satisfies KnownCluster);
  const voters = ports.map(({ controllerPort }, index) => ({ nodeId: index + 1, controllerPort }));
  return ports.map((each, index) => ({ clusterId, nodeId: index + 1, ...each, voters }));
}

async function freePorts(brokers: number): Promise<{ port: number; controllerPort: number }[]> {
  const ports = new Set<number>();
  while (ports.size < brokers * 2) ports.add(await freePort());
  const all = [...ports];
  return Array.from({ length: brokers }, (_, index) => ({
    port: all[index * 2]!,
    controllerPort: all[index * 2 + 1]!,
  }));
}
