import { randomUUID } from 'node:crypto';
import { connectKafka, KafkaRecordWriter, KafkaTopics } from '@millrace/kafka';
import { createService, readConfig, type Service } from '@millrace/nest-kit';
import { PgProjectionStore } from '@millrace/postgres';
import { freshDatabase, type FreshDatabase } from '@millrace/postgres/testing';
import {
  freshness,
  planTopics,
  problem,
  quarantineList,
  runDetail,
  runList,
  sqlResult,
  taskRunList,
  topicsOf,
  workerList,
  workflowDetail,
  workflowList,
  type WorkerHeartbeat,
} from '@millrace/protocol';
import { projectionBatch, projectionPosition, quietJournal, runRow, taskRunRow } from '@millrace/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { queryConfig } from './query-config.js';
import { queryService } from './query-service.js';

const prefix = `spec-${randomUUID().slice(0, 8)}`;
const topics = topicsOf(prefix);
const connection = connectKafka({
  brokers: inject('kafkaBrokers').split(','),
  clientId: 'spec',
  journal: quietJournal(),
});
const writer = new KafkaRecordWriter(connection);
const etl = '0000' + 'a'.repeat(32);
const single = '0000' + 'b'.repeat(32);
let database: FreshDatabase;
let store: PgProjectionStore;
let service: Service;

async function start(env: Record<string, string> = {}): Promise<Service> {
  const config = readConfig(queryConfig, {
    MILLRACE_KAFKA_BROKERS: inject('kafkaBrokers'),
    MILLRACE_TOPICS_PREFIX: prefix,
    DATABASE_URL: database.url,
    ...env,
  });
  const started = await createService({ ...queryService(config), journal: quietJournal() });
  await started.app.init();
  await started.app.getHttpAdapter().getInstance().ready();
  return started;
}

beforeAll(async () => {
  const plans = planTopics({ prefix, logPartitions: 1, taskPartitions: 1, queues: [] });
  await new KafkaTopics(connection).apply(plans.filter(({ topic }) => topic === topics.workers));
  database = await freshDatabase(inject('databaseUrl'));
  store = new PgProjectionStore({ databaseUrl: database.url });
  const told = { input: '{"day":1}', idempotencyKey: 'orders 17/ä' };
  const tasks = Array.from({ length: 230 }, (_, task) => taskRunRow(etl, task, { attempt: task % 2 }));
  await store.commit(
    projectionBatch([projectionPosition(0, 42), projectionPosition(0, 7, 1)], {
      runsBorn: [runRow(etl, { workflow: 'etl', version: 'f'.repeat(64), taskCount: 230, ...told })],
      tasksBorn: tasks,
      singlesBorn: [[runRow(single, { requestedAt: 1_700_000_001_000 }), taskRunRow(single, 0, { id: 'task' })]],
      workflows: [{ version: 'f'.repeat(64), name: 'etl', definition: '{"name":"etl"}', tasks: 230 }],
      quarantine: [{ partition: 0, offset: 4, index: 0, cause: 'bad-json', detail: 'at byte 3' }],
    }),
  );
  service = await start();
});
afterAll(async () => {
  await service?.app.close();
  await service?.app.close();
  await Promise.all([store?.close(), writer.close()]);
  await database?.drop();
});

async function get(url: string, from: Service = service) {
  const answer = await from.app.inject(url);
  return { status: answer.statusCode, body: answer.json() as unknown, headers: answer.headers };
}
async function refusal(url: string, from?: Service): Promise<string> {
  const { body, headers } = await get(url, from);
  expect(headers['content-type']).toContain('application/problem+json');
  const { status, code } = problem.parse(body);
  return `${status} ${code}`;
}

it('lists runs, filtered and page by page, and says how fresh they are', async () => {
  const first = await get('/v1/runs?limit=1');
  expect(first.headers['millrace-position']).toBe('0:42,1:7');
  const { runs, next } = runList.parse(first.body);
  expect(runs.map((run) => run.id)).toEqual([single]);
  const second = runList.parse((await get(`/v1/runs?limit=1&cursor=${next}`)).body);
  expect(second).toMatchObject({ runs: [{ id: etl, requestedAt: '2023-11-14T22:13:20.000Z' }], next: null });
  const filtered = await get('/v1/runs?status=running&workflow=etl&tenant=default&until=2023-11-14T22:13:20.001Z');
  expect(runList.parse(filtered.body).runs.map((run) => run.id)).toEqual([etl]);
  const keyed = await get(`/v1/runs?idempotencyKey=${encodeURIComponent('orders 17/ä')}`);
  expect(runList.parse(keyed.body).runs).toMatchObject([{ id: etl, idempotencyKey: 'orders 17/ä' }]);
});

it('shows one run, and the rest of its task runs page by page', async () => {
  const detail = runDetail.parse((await get(`/v1/runs/${etl}`)).body);
  expect(detail).toMatchObject({
    run: { workflow: 'etl', input: { day: 1 } },
    tasks: { length: 200 },
    attempts: { length: 115 },
  });
  const rest = taskRunList.parse((await get(`/v1/runs/${etl}/tasks?cursor=${detail.tasksNext}`)).body);
  expect([rest.tasks.length, rest.tasks[0]!.task, rest.next]).toEqual([30, 200, null]);
});

it('sorts every list by one grammar, either way and page by page', async () => {
  const ids = async (url: string) => {
    const { runs, next } = runList.parse((await get(url)).body);
    return { ids: runs.map(({ id }) => id), next };
  };
  const oldest = await ids('/v1/runs?sort=requestedAt&limit=1');
  expect(oldest.ids).toEqual([etl]);
  expect((await ids(`/v1/runs?sort=requestedAt&limit=1&cursor=${oldest.next}`)).ids).toEqual([single]);
  expect((await ids('/v1/runs?sort=-requestedAt')).ids).toEqual([single, etl]);
  const last = taskRunList.parse((await get(`/v1/runs/${etl}/tasks?sort=-task&limit=2`)).body);
  expect(last.tasks.map(({ task }) => task)).toEqual([229, 228]);
  const before = taskRunList.parse((await get(`/v1/runs/${etl}/tasks?sort=-task&limit=1&cursor=${last.next}`)).body);
  expect(before.tasks.map(({ task }) => task)).toEqual([227]);
  const { status } = last.tasks[0]!;
  const other = status === 'failed' ? 'skipped' : 'failed';
  expect(taskRunList.parse((await get(`/v1/runs/${etl}/tasks?status=${status}&limit=200`)).body).tasks).toHaveLength(
    200,
  );
  expect(taskRunList.parse((await get(`/v1/runs/${etl}/tasks?status=${other}`)).body).tasks).toEqual([]);
  expect(workflowList.parse((await get('/v1/workflows?sort=-name')).body).workflows).toMatchObject([{ name: 'etl' }]);
  expect(quarantineList.parse((await get('/v1/quarantine?sort=-partition')).body).quarantine).toHaveLength(1);
  expect(await refusal('/v1/runs?sort=id')).toBe('400 request-invalid');
  expect(await refusal(`/v1/runs/${etl}/tasks?status=done`)).toBe('400 request-invalid');
});

it('lists workflows and quarantine, and says how far it is', async () => {
  expect(workflowList.parse((await get('/v1/workflows')).body).workflows).toMatchObject([{ name: 'etl', tasks: 230 }]);
  expect(workflowDetail.parse((await get('/v1/workflows/etl')).body).versions).toMatchObject([
    { definition: { name: 'etl' } },
  ]);
  for (const version of ['f'.repeat(64), 'ffffffff']) {
    expect(workflowDetail.parse((await get(`/v1/workflows/${version}`)).body)).toMatchObject({ name: 'etl' });
  }
  expect(await refusal('/v1/workflows/fffffff')).toBe('404 workflow-unknown');
  expect(quarantineList.parse((await get('/v1/quarantine')).body).quarantine).toMatchObject([{ offset: '4' }]);
  expect(quarantineList.parse((await get('/v1/quarantine?partition=1')).body).quarantine).toEqual([]);
  expect(await refusal('/v1/quarantine?partition=-1')).toBe('400 request-invalid');
  expect(freshness.parse((await get('/v1/freshness')).body).partitions).toMatchObject([
    { partition: 0, offset: '42', accepted: '42', lag: null },
    { partition: 1, offset: '7' },
  ]);
});

it('says what a queued task run waits for, from the heartbeats of workers', async () => {
  const waits = async () => runDetail.parse((await get(`/v1/runs/${single}`)).body).tasks[0]!.waitsFor?.reason;
  await expect.poll(waits, { timeout: 20_000 }).toBe('no-worker-serves-handler');
  const heartbeat: WorkerHeartbeat = {
    ...{ v: 1, kind: 'worker', id: 'w1', at: Date.now(), slots: 4, busy: 0, handlers: ['noop'] },
    ...{ queues: { default: [0] }, credits: [4], deliveries: [] },
  };
  await writer.append(topics.workers, 0, [
    { value: Buffer.from('not a heartbeat') },
    { value: Buffer.from(JSON.stringify(heartbeat)) },
  ]);
  await expect.poll(waits, { timeout: 20_000 }).toBe('decision');
  expect(workerList.parse((await get('/v1/workers')).body)).toMatchObject({
    workers: [{ id: 'w1', slots: 4, queues: { default: [0] } }],
    handlers: [{ handler: 'noop', workers: ['w1'] }],
    stale: false,
  });
});

it('waits until an offset is shown, or says that it is not yet', async () => {
  expect(await refusal(`/v1/runs/${etl}?waitFor=0:43&waitMs=20`)).toBe('412 not-yet-visible');
  const waiting = get('/v1/runs?waitFor=0:43&waitMs=20000');
  await store.commit(projectionBatch([projectionPosition(42, 43)]));
  expect((await waiting).headers['millrace-position']).toBe('0:43,1:7');
});

it('answers SQL, and refuses what is not one reading statement', async () => {
  const post = (payload: object) => service.app.inject({ method: 'POST', url: '/v1/sql', payload });
  const answer = await post({ query: 'SELECT workflow, count(*) FROM runs GROUP BY 1 ORDER BY 1' });
  expect(answer.statusCode).toBe(200);
  expect(sqlResult.parse(answer.json()).rows).toEqual([
    ['etl', '1'],
    [null, '1'],
  ]);
  const refused = await post({ query: 'DELETE FROM run_records' });
  expect([refused.statusCode, problem.parse(refused.json()).code]).toEqual([400, 'sql-refused']);
  const unknown = await post({ query: 'SELECT 1', rows: 5 });
  expect(problem.parse(unknown.json())).toMatchObject({
    code: 'request-invalid',
    faults: [{ code: 'field-unknown', path: '/rows' }],
  });
});

it('refuses bad input with a code and the faults', async () => {
  expect(await refusal('/v1/runs?colour=red')).toBe('400 request-invalid');
  expect(await refusal('/v1/runs?limit=201')).toBe('400 request-invalid');
  expect(await refusal('/v1/runs?status=done')).toBe('400 request-invalid');
  expect(await refusal('/v1/runs?since=yesterday')).toBe('400 request-invalid');
  expect(await refusal('/v1/runs?workflow=%00')).toBe('400 request-invalid');
  expect(await refusal('/v1/runs?status=failed&status=running')).toBe('400 request-invalid');
  expect(await refusal('/v1/runs?waitFor=here')).toBe('400 request-invalid');
  expect(await refusal('/v1/runs?cursor=nonsense')).toBe('400 cursor-invalid');
  expect(await refusal('/v1/runs/nonsense')).toBe('400 run-id-invalid');
  expect(await refusal(`/v1/runs/${'0'.repeat(36)}`)).toBe('404 run-unknown');
  expect(await refusal(`/v1/runs/${'0'.repeat(36)}/tasks`)).toBe('404 run-unknown');
  expect(await refusal('/v1/workflows/none')).toBe('404 workflow-unknown');
  expect(await refusal('/v1/workflows/%00')).toBe('404 workflow-unknown');
  expect(await refusal('/v1/nowhere')).toBe('404 route-unknown');
  const { body } = await get('/v1/runs?colour=red&size=1');
  expect(problem.parse(body).faults!.map((fault) => fault.path)).toEqual(['/colour', '/size']);
});

it('describes its routes, parameters and answers in OpenAPI', async () => {
  const { body } = await get('/openapi.json');
  const { paths } = body as { paths: Record<string, { get?: { parameters: { name: string }[]; responses: object } }> };
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/v1/runs', '/v1/runs/{id}', '/v1/runs/{id}/tasks', '/v1/sql', '/v1/workers']),
  );
  expect(paths['/v1/runs']!.get!.parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['status', 'cursor', 'waitFor']),
  );
  expect(JSON.stringify(paths['/v1/runs']!.get!.responses)).toContain('requestedAt');
});

it('reads while Kafka is down, and says that its workers are stale', async () => {
  const alone = await start({ MILLRACE_KAFKA_BROKERS: '127.0.0.1:1' });
  try {
    expect((await get('/v1/runs', alone)).status).toBe(200);
    expect(workerList.parse((await get('/v1/workers', alone)).body)).toMatchObject({ stale: true, readAt: null });
    await expect.poll(async () => (await get('/readyz', alone)).status).toBe(200);
  } finally {
    await alone.app.close();
  }
});

it('says so while Postgres is down or not migrated, and is not ready', async () => {
  const down = await start({ DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/none' });
  const empty = await freshDatabase(inject('databaseUrl'), { empty: true });
  const bare = await start({ DATABASE_URL: empty.url });
  try {
    expect(await refusal('/v1/runs', down)).toBe('503 database-unavailable');
    expect((await get('/v1/runs', down)).headers['retry-after']).toBe('1');
    expect((await get('/readyz', down)).status).toBe(503);
    expect((await get('/livez', down)).status).toBe(200);
    expect((await get('/v1/workers', down)).status).toBe(200);
    expect(await refusal('/v1/runs', bare)).toBe('503 database-not-migrated');
  } finally {
    await Promise.all([down.app.close(), bare.app.close()]);
    await empty.drop();
  }
});
