import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedServerError } from './embedded-server-error.js';

/**
 * The full path of the Java that runs the broker: `JAVA_HOME`/bin/java where that variable is set, else the first one on PATH. Throws where
 * there is none.
 */
export function findJava(env: NodeJS.ProcessEnv = process.env): string {
  const home = env['JAVA_HOME'];
  const folders = home !== undefined && home !== '' ? [join(home, 'bin')] : (env['PATH'] ?? '').split(delimiter);
  const java = folders.map((folder) => join(folder, 'java')).find((file) => existsSync(file));
  if (java !== undefined) return realpathSync(java);
  const where = home !== undefined && home !== '' ? `in JAVA_HOME (${home})` : 'on PATH';
  throw new EmbeddedServerError(
    `Expected a Java 17 or newer ${where}, but there is none: install one, or set JAVA_HOME.`,
  );
}

/** Writes the cluster's id into an empty folder, once in its life. */
export async function formatStorage(
  java: string,
  classPath: string,
  properties: string,
  clusterId: string,
): Promise<void> {
  const args = [
    ...quickJvm,
    '-cp',
    classPath,
    'kafka.tools.StorageTool',
    'format',
    '--ignore-formatted',
    '-t',
    clusterId,
    '-c',
    properties,
  ];
  try {
    await promisify(execFile)(java, args, { timeout: 60_000 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new EmbeddedServerError(
      `Expected Kafka's storage tool to format the data folder, but it failed: ${`${stdout}${stderr}`.trim() || String(error)}`,
      { cause: error },
    );
  }
}

const quickJvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-Xmx128m'];

/** Arguments of `java` that start the broker, and the archive that the run leaves behind when it ends in good order. */
export interface BrokerCommand {
  readonly args: string[];
  /** Keeps the archive of loaded classes for the next start. Does nothing where none was written. */
  readonly keepArchive: () => void;
}

/**
 * The broker's command line. Without an archive of loaded classes (AppCDS) the run writes one while it stops; with one the next start
 * needs about half the time. An archive belongs to one Java and one class path, so its name is made from both.
 */
export function brokerCommand(broker: {
  readonly java: string;
  readonly classPath: string;
  readonly properties: string;
  readonly heapMb: number;
  readonly archiveDir: string;
}): BrokerCommand {
  const archive = join(broker.archiveDir, `kafka-classes-${archiveName(broker.java, broker.classPath)}.jsa`);
  const draft = `${archive}.${process.pid}-${(drafts += 1)}`;
  const known = existsSync(archive);
  const args = [
    `-Xms${Math.min(broker.heapMb, 128)}m`,
    `-Xmx${broker.heapMb}m`,
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Xlog:cds=off',
    '-Xlog:cds+dynamic=off',
    '-Xshare:auto',
    known ? `-XX:SharedArchiveFile=${archive}` : `-XX:ArchiveClassesAtExit=${draft}`,
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
    '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn',
    '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaConfig=warn',
    '-Djava.awt.headless=true',
    '-cp',
    broker.classPath,
    'kafka.Kafka',
    broker.properties,
  ];
  const keepArchive = (): void => {
    if (existsSync(draft)) renameSync(draft, archive);
    rmSync(draft, { force: true });
  };
  return { args, keepArchive };
}

/** Several brokers of one process must not write the same draft. */
let drafts = 0;

function archiveName(java: string, classPath: string): string {
  const { mtimeMs, size } = statSync(java);
  return createHash('sha256').update(`${java} ${mtimeMs} ${size} ${classPath}`).digest('hex').slice(0, 12);
}
