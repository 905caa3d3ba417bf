import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createService, readConfig, systemClock, type Service } from '@millrace/nest-kit';
import { bandNamesHighestFirst, decodeFrame, planTopics, topicsOf } from '@millrace/protocol';
import { ensureBorn } from '@millrace/runtime';
import { InMemoryLog, InMemoryTaskSource, quietJournal } from '@millrace/runtime/testing';
import type { Event } from '@millrace/domain';
import { ingestConfig } from '../ingest-config.js';
import { ingestService } from '../ingest-service.js';

export const topics = topicsOf('millrace');
export const partitions = 4;

export interface GivenIngest {
  readonly log: InMemoryLog;
  readonly service: Service;
  readonly queues: Set<string>;
  /** Its membership in the group of the intake topic. */
  readonly intake: InMemoryTaskSource;
  ask(
    method: 'GET' | 'POST',
    url: string,
    body?: unknown,
    contentType?: string,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Everything that ingest has put into the log, births left out. */
  events(): { partition: number; event: Event }[];
  /** Resolves when `holds` does; fails after 5 s. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into by specs
  readonly body: any;
}

/** The real application on a log in memory, with queue `default`; born unless told otherwise. */
export async function givenIngest({
  born = true,
  env = {},
  committed = new Map(),
  log = newLog(),
}: {
  born?: boolean;
  env?: NodeJS.ProcessEnv;
  log?: InMemoryLog;
  committed?: Map<string, number>;
} = {}): Promise<GivenIngest> {
  const queues = new Set(['default']);
  const intake = new InMemoryTaskSource(log, systemClock, { intake: [topics.intake] }, committed);
  if (born) await birth(log);
  const config = readConfig(ingestConfig, env);
  const options = ingestService(config, () => ({
    writer: log,
    reader: () => log.reader(),
    intake: () => intake,
    check: async () => log.assertUp(),
    topicNames: async () => {
      log.assertUp();
      return new Set([...queues].flatMap((queue) => bandNamesHighestFirst.map((band) => topics.tasks(queue, band))));
    },
    close: async () => {},
  }));
  const service = await createService({ ...options, journal: quietJournal() });
  await service.app.init();
  await service.app.getHttpAdapter().getInstance().ready();
  const given: GivenIngest = {
    log,
    service,
    queues,
    intake,
    ask: async (method, url, body, contentType = 'application/json', more = {}) => {
      const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const headers = payload === undefined ? more : { 'content-type': contentType, ...more };
      const answer = await service.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.body === '' ? undefined : answer.json(),
      };
    },
    events: () =>
      Array.from({ length: partitions }, (_, partition) =>
        log
          .texts(topics.log, partition)
          .flatMap((text) => decodeFrame(new TextEncoder().encode(text), 1).items)
          .filter((item) => item.type !== 'PartitionBorn')
          .map((event) => ({ partition, event: event as Event })),
      ).flat(),
    until: async (holds) => {
      const deadline = Date.now() + 5_000;
      while (!(await holds())) {
        if (Date.now() > deadline) throw new Error('Expected it to hold within 5 s, but it did not.');
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close: () => service.app.close(),
  };
  if (born) await given.until(async () => (await given.ask('GET', '/readyz')).status === 200);
  return given;
}

function newLog(): InMemoryLog {
  const plan = planTopics({ prefix: 'millrace', logPartitions: partitions, taskPartitions: 1, queues: ['default'] });
  return new InMemoryLog(systemClock, Object.fromEntries(plan.map((each) => [each.topic, each.partitions])));
}

export async function birth(log: InMemoryLog): Promise<void> {
  let nonces = 0;
  const nonce = (): string => String((nonces += 1)).padStart(32, '0');
  const options = {
    reader: log.reader(),
    writer: log,
    topic: topics.log,
    partitions,
    cluster: 'c',
    clock: systemClock,
  };
  await ensureBorn({ ...options, nonce });
}

/** An HTTP server that answers as `respond` says; for what stands behind ingest. */
export async function givenServer(respond: Parameters<typeof createServer>[1]): Promise<Server & { url: string }> {
  const server = createServer(respond as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
