import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { EmbeddedKafka, EmbeddedPostgres, findKafkaJars } from '@millrace/embedded';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the broker, several separated by commas. */
    kafkaBrokers: string;
    /** A Postgres address with the right to create databases. */
    databaseUrl: string;
  }
}

interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Gives the `int` specs one broker and one Postgres: those of MILLRACE_KAFKA_BROKERS and DATABASE_URL where they are set, otherwise its own
 * in a temporary folder, which it stops and deletes afterwards. A spec that shares them names its topics and databases so that no other
 * spec meets them: `inject('kafkaBrokers')`, `inject('databaseUrl')`.
 */
export default async function servers(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-int-'));
  const started: Stoppable[] = [];
  const teardown = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const results = await Promise.allSettled([
    kafkaBrokers(join(folder, 'kafka'), started).then((brokers) => project.provide('kafkaBrokers', brokers)),
    databaseUrl(join(folder, 'postgres'), started).then((url) => project.provide('databaseUrl', url)),
  ]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await teardown();
    throw failed.reason;
  }
  return teardown;
}

async function kafkaBrokers(dataDir: string, started: Stoppable[]): Promise<string> {
  const given = process.env['MILLRACE_KAFKA_BROKERS'];
  if (given !== undefined && given !== '') return given;
  const root = join(import.meta.dirname, '..', '..');
  const kafka = await EmbeddedKafka.start({
    dataDir,
    jarsDir: findKafkaJars(root),
    archiveDir: join(root, '.millrace'),
  });
  started.push(kafka);
  return kafka.brokers;
}

async function databaseUrl(dataDir: string, started: Stoppable[]): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const postgres = await EmbeddedPostgres.start({ dataDir });
  started.push(postgres);
  return postgres.url;
}
