import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedServerError, lastLines } from './embedded-server-error.js';
import { FolderLock } from './folder-lock.js';
import { kafkaPaths, seatAlone } from './kafka-folder.js';
import { askBroker } from './kafka-handshake.js';
import { classPathOf } from './kafka-jars.js';
import { brokerCommand, findJava, formatStorage } from './kafka-java.js';
import type { KafkaSeat } from './kafka-seat.js';
import { serverProperties, type KafkaDoor } from './kafka-settings.js';
import { LeashedProcess, type ProcessExit } from './leashed-process.js';
import { endProcess, readRecord, type ProcessRecord } from './process-record.js';

/** How to start the broker. */
export interface EmbeddedKafkaOptions {
  /** Everything the broker keeps, and its log `kafka.log`. Made where it is missing; the same folder is the same cluster. */
  readonly dataDir: string;
  /** The folder with Kafka's jars; `findKafkaJars` knows where they are. */
  readonly jarsDir: string;
  /** Port of 127.0.0.1. Default: that of the folder's last start where it is free, else any free one. Given and taken is an error. */
  readonly port?: number;
  /** Heap of the JVM in MiB, at least 128. Default 384; too small ends the broker with an out-of-memory error in its log. */
  readonly heapMb?: number;
  /** Milliseconds until a broker that does not answer counts as failed. Default 60,000. */
  readonly readyMs?: number;
  /** Where the archive of loaded classes is kept (about 50 MB). Default `dataDir`; a folder that several brokers share saves time and room. */
  readonly archiveDir?: string;
  /** Whether the broker ends when this process dies. Default true. */
  readonly leash?: boolean;
  /** Its place in a cluster of several, as `EmbeddedKafkaCluster` gives it. Default: it is a cluster of its own. */
  readonly seat?: KafkaSeat;
  /** More ports, for those who reach it by another. */
  readonly doors?: readonly KafkaDoor[];
  /** Told in one line what happens. Default: silent. */
  readonly log?: (line: string) => void;
}

const startsMax = 3;
const stopGraceMs = 20_000;

/**
 * One Apache Kafka broker that is its own controller, as a child process that listens on 127.0.0.1 alone. Topics are not created by
 * themselves, and nothing is replicated (see `EmbeddedKafkaCluster`): what it acknowledged survives kill -9, not the loss of the disk.
 */
export class EmbeddedKafka {
  private constructor(
    /** For `bootstrap.servers`: `127.0.0.1:<port>`. */
    readonly brokers: string,
    readonly port: number,
    readonly clusterId: string,
    /** The broker's own output. */
    readonly logFile: string,
    private readonly process: LeashedProcess,
    private readonly lock: FolderLock,
    private readonly keepArchive: () => void,
  ) {}

  get pid(): number {
    return this.process.pid;
  }

  /** Resolves when the broker has ended, also by itself. Never rejects. */
  get exited(): Promise<ProcessExit> {
    return this.process.exited;
  }

  /**
   * Starts the broker of a folder and resolves when it answers and takes part in its cluster: about 4 seconds the first time, 2 later, up
   * to 7 after kill -9. A broker that an earlier process left alive in this folder is stopped first. Throws FolderLockedError where a
   * living process uses the folder, and EmbeddedServerError, with the broker's last lines, where it does not start.
   */
  static async start(options: EmbeddedKafkaOptions): Promise<EmbeddedKafka> {
    const lock = FolderLock.take(options.dataDir);
    try {
      await stopLeftover(options);
      for (let attempt = 1; attempt <= startsMax; attempt++) {
        const broker = await EmbeddedKafka.#tryStart(options, lock);
        if (broker !== undefined) return broker;
      }
      throw new EmbeddedServerError(
        `Expected free ports for Kafka, but others took them ${startsMax} times in a row.`,
        {
          logFile: kafkaPaths(options.dataDir).log,
        },
      );
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Stops the broker in good order, and by SIGKILL after 20 seconds. May be called twice, also after `kill`. */
  async stop(): Promise<void> {
    await this.process.stop(stopGraceMs);
    this.keepArchive();
    this.lock.release();
  }

  /** SIGKILL, as a crash would be. The folder can be started again at once. May be called twice. */
  async kill(): Promise<void> {
    await this.process.kill();
    this.lock.release();
  }

  /** Undefined where another process took a port in between, and another try makes sense. */
  static async #tryStart(options: EmbeddedKafkaOptions, lock: FolderLock): Promise<EmbeddedKafka | undefined> {
    const paths = kafkaPaths(options.dataDir);
    const cluster = options.seat ?? (await seatAlone(options.dataDir, options.port));
    const java = findJava();
    const classPath = classPathOf(options.jarsDir);
    writeFileSync(paths.properties, serverProperties({ ...cluster, folder: paths.data, doors: options.doors ?? [] }));
    if (!existsSync(join(paths.data, 'meta.properties'))) {
      options.log?.('Kafka: formats its data folder');
      mkdirSync(paths.data, { recursive: true });
      await formatStorage(java, classPath, paths.properties, cluster.clusterId);
    }
    const { args, keepArchive } = brokerCommand({
      java,
      classPath,
      properties: paths.properties,
      heapMb: options.heapMb ?? 384,
      archiveDir: options.archiveDir ?? options.dataDir,
    });
    writeFileSync(paths.log, '');
    const child = await LeashedProcess.start({
      command: java,
      args,
      cwd: options.dataDir,
      logFile: paths.log,
      recordFile: paths.record,
      recordMore: { clusterId: cluster.clusterId },
      leash: options.leash ?? true,
    });
    const brokers = `127.0.0.1:${cluster.port}`;
    const broker = new EmbeddedKafka(brokers, cluster.port, cluster.clusterId, paths.log, child, lock, keepArchive);
    const failure = await untilReady(broker, options.readyMs ?? 60_000);
    if (failure === undefined) {
      options.log?.(`Kafka: ${brokers}, pid ${broker.pid}`);
      return broker;
    }
    await child.kill();
    if (failure === 'port taken') return undefined;
    throw new EmbeddedServerError(`Expected Kafka to start in ${options.dataDir}, but ${failure}.`, {
      logFile: paths.log,
    });
  }
}

/** A JVM that outlived its starter still has the folder's files: it is found by its own record and command line, and ended. */
async function stopLeftover(options: EmbeddedKafkaOptions): Promise<void> {
  const paths = kafkaPaths(options.dataDir);
  const left = readRecord<ProcessRecord>(paths.record);
  if (left === undefined) return;
  const stopped = await endProcess(left, 'SIGTERM', stopGraceMs, paths.properties);
  if (stopped) options.log?.(`Kafka: stopped process ${left.pid}, left by an earlier start`);
}

const pollMs = 50;

/** Undefined when the broker answers with our cluster's id; otherwise the rest of the sentence "but ...". */
async function untilReady(broker: EmbeddedKafka, readyMs: number): Promise<string | undefined> {
  const deadline = performance.now() + readyMs;
  let ended: ProcessExit | undefined;
  void broker.exited.then((exit) => (ended = exit));
  while (performance.now() < deadline) {
    if (ended !== undefined)
      return portWasTaken(broker.logFile) ? 'port taken' : `it ended with ${ended.signal ?? `code ${ended.code}`}`;
    const answer = await askBroker(broker.port, 2_000);
    if (answer?.clusterId === broker.clusterId && answer.brokers > 0) return undefined;
    await sleep(pollMs);
  }
  return `it did not answer within ${readyMs} ms`;
}

function portWasTaken(logFile: string): boolean {
  return lastLines(logFile, 200).some((line) => line.includes('Address already in use'));
}
