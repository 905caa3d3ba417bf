import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { DatabaseRefused, DatabaseUnavailable } from '../database-error.js';
import { PgProjectionStore } from '../pg-projection-store.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { batchOf, positionFrom, runId, runRow, taskRow } from '../testing/projection-rows.js';
import { CursorInvalid } from './cursor.js';
import { SqlRefused } from './query-sql.js';
import { ReadModel } from './read-model.js';

const clock = {
  now: () => Date.now(),
  uptimeMs: () => performance.now(),
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
let database: FreshDatabase;
let store: PgProjectionStore;
let model: ReadModel;
const at = 1_700_000_000_000;

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'));
  store = new PgProjectionStore({ databaseUrl: database.url });
  model = new ReadModel({ databaseUrl: database.url, clock, answerMsMax: 2_000 });
  const singles = Array.from({ length: 5 }, (_, index) => {
    const idempotencyKey = index === 3 ? 'order-17' : null;
    const names = { workflow: null, version: null, idempotencyKey };
    const run = runRow({ id: runId(10 + index), ...names, requestedAt: at + index });
    return [run, taskRow({ run: run.id })] as const;
  });
  const run = runRow({
    id: runId(1),
    requestedAt: at + 2,
    taskCount: 450,
    status: 'failed',
    tenant: 'acme',
    idempotencyKey: 'order-17',
    input: '{"a":1}',
  });
  const tasks = Array.from({ length: 450 }, (_, task) => taskRow({ run: run.id, task, id: `t${task}`, attempt: 1 }));
  await store.commit(
    batchOf({
      positions: [positionFrom(0, 42), positionFrom(0, 7, 3)],
      runsBorn: [run],
      tasksBorn: tasks,
      singlesBorn: singles,
      workflows: ['v1', 'v2', 'v3'].map((version) => ({
        version,
        name: 'etl',
        definition: '{"name":"etl"}',
        tasks: 450,
      })),
      quarantine: [5, 6, 7].map((offset) => ({ partition: 0, offset, index: 0, cause: 'not-json', detail: '' })),
    }),
  );
});
afterAll(async () => {
  await model.close();
  await model.close();
  await store.close();
  await database.drop();
});

it('lists runs newest first, page by page, each once', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { runs, next } = await model.runs({}, cursor, 2);
    seen.push(...runs.map((run) => run.id));
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([14, 13, 12, 1, 11, 10].map(runId));
});

it('filters runs', async () => {
  const ids = async (...filter: Parameters<ReadModel['runs']>) =>
    (await model.runs(...filter)).runs.map((run) => run.id);
  expect(await ids({ status: 'failed' }, undefined, 9)).toEqual([runId(1)]);
  expect(await ids({ workflow: 'etl', tenant: 'acme' }, undefined, 9)).toEqual([runId(1)]);
  expect(await ids({ since: new Date(at + 3), until: new Date(at + 4) }, undefined, 9)).toEqual([runId(13)]);
  expect(await ids({ idempotencyKey: 'order-17' }, undefined, 9)).toEqual([13, 1].map(runId));
  expect(await ids({ idempotencyKey: 'order-1' }, undefined, 9)).toEqual([]);
  await expect(model.runs({}, 'nonsense', 9)).rejects.toThrow(CursorInvalid);
});

it('pages runs along an index, without sorting them all', async () => {
  const plan = await database.query<{ 'QUERY PLAN': string }>(
    `SET enable_seqscan = off; EXPLAIN SELECT id FROM runs WHERE (requested_at, id) < (now(), 'x') ORDER BY requested_at DESC, id DESC LIMIT 3`,
  );
  expect(JSON.stringify(plan)).toContain('Merge Append');
  expect(JSON.stringify(plan)).not.toContain('->  Sort');
});

it('finds the runs of a key along an index of its own', async () => {
  const plan = await database.query<{ 'QUERY PLAN': string }>(
    `SET enable_seqscan = off; EXPLAIN SELECT id FROM runs WHERE idempotency_key = 'k' ORDER BY requested_at DESC, id DESC LIMIT 3`,
  );
  for (const table of ['run', 'single']) expect(JSON.stringify(plan)).toContain(`${table}_records_idempotency_key_idx`);
});

it('shows a run with its first task runs and the attempts, and the rest page by page', async () => {
  const detail = await model.run(runId(1));
  expect(detail).toMatchObject({
    run: { id: runId(1), workflow: 'etl', requestedAt: new Date(at + 2).toISOString(), input: { a: 1 } },
  });
  expect(detail!.tasks.map((task) => task.task)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  expect(detail!.attempts).toHaveLength(450);
  const rest = await model.taskRuns(runId(1), detail!.tasksNext!, 300);
  expect(rest).toMatchObject({ next: null });
  expect(rest!.tasks.map((task) => task.id)).toEqual(Array.from({ length: 250 }, (_, index) => `t${200 + index}`));
  expect(rest!.tasks[0]).toMatchObject({ band: 'normal', status: 'queued', result: null });
  expect(await model.run(runId(777))).toBeUndefined();
  expect(await model.taskRuns(runId(777), undefined, 5)).toBeUndefined();
});

it('lists workflows and quarantine page by page', async () => {
  const first = await model.workflows(undefined, 2);
  expect(first.workflows.map((each) => each.version)).toEqual(['v1', 'v2']);
  expect((await model.workflows(first.next!, 2)).workflows).toEqual([{ name: 'etl', version: 'v3', tasks: 450 }]);
  expect(await model.workflow('etl')).toMatchObject({ versions: [{ definition: { name: 'etl' } }, {}, {}] });
  expect(await model.workflow('none')).toBeUndefined();
  const bad = await model.quarantine({}, undefined, 2);
  expect((await model.quarantine({}, bad.next!, 2)).quarantine).toMatchObject([{ offset: '7' }]);
  const count = async (filter: { partition?: number; cause?: string }) =>
    (await model.quarantine(filter, undefined, 10)).quarantine.length;
  expect(await count({ partition: 0, cause: 'not-json' })).toBe(3);
  expect(await count({ partition: 1 })).toBe(0);
  expect(await count({ cause: "' OR TRUE --" })).toBe(0);
});

it('says how far each partition is shown', async () => {
  expect(await model.positions()).toMatchObject([
    { partition: 0, offset: '42', accepted: '42' },
    { partition: 3, offset: '7' },
  ]);
});

it('lets a caller wait for an offset, in both outcomes', async () => {
  expect(await model.waitForOffset(0, 42n, 1_000)).toBe(true);
  expect(await model.waitForOffset(0, 44n, 30)).toBe(false);
  expect(await model.waitForOffset(9, 1n, 30)).toBe(false);
  const waiting = model.waitForOffset(0, 43n, 10_000);
  await store.commit(batchOf({ positions: [positionFrom(42, 43)] }));
  expect(await waiting).toBe(true);
});

it('answers SQL with values that JSON can hold', async () => {
  const answer = await model.sql(
    `SELECT 1 AS a, 2::bigint AS a, 1.50::numeric, true, timestamptz '2026-01-02T03:04:05.678Z' AS t, '{"k":[1]}'::jsonb,
      'NaN'::float8, NULL::text, ARRAY[1,2];`,
    10,
    1_000,
  );
  expect(answer.rows).toEqual([[1, '2', '1.50', true, '2026-01-02T03:04:05.678Z', { k: [1] }, 'NaN', null, '{1,2}']]);
  expect(answer.columns.slice(0, 2)).toEqual([
    { name: 'a', type: 'integer' },
    { name: 'a', type: 'bigint' },
  ]);
  expect(answer.columns[4]).toEqual({ name: 't', type: 'timestamp with time zone' });
});

it('cuts an answer at its row limit', async () => {
  expect(await model.sql('SELECT * FROM generate_series(1, 500) n', 450, 1_000)).toMatchObject({ truncated: true });
  const whole = await model.sql('SELECT * FROM generate_series(1, 450) n', 450, 1_000);
  expect([whole.rows.length, whole.truncated]).toEqual([450, false]);
});

it.each([
  'DELETE FROM run_records',
  'WITH gone AS (DELETE FROM run_records RETURNING *) SELECT * FROM gone',
  'SELECT 1; DROP TABLE run_records',
  'COMMIT',
  'SELECT nope FROM runs',
  `SELECT set_config('transaction_read_only', 'off', true), nextval('none')`,
  '',
])('refuses as SQL: %s', async (query) => {
  await expect(model.sql(query, 10, 1_000)).rejects.toThrow(SqlRefused);
  expect(await database.query('SELECT count(*)::int AS runs FROM run_records')).toEqual([{ runs: 1 }]);
});

it('ends SQL that takes too long', async () => {
  const slow = model.sql('SELECT count(*) FROM generate_series(1, 1e12)', 10, 50);
  await expect(slow).rejects.toMatchObject({ name: 'SqlRefused', sqlState: '57014' });
});

it('says that the server is down, or the tables are missing', async () => {
  const down = new ReadModel({ databaseUrl: 'postgresql://postgres@127.0.0.1:1/none', clock });
  await expect(down.run(runId(1))).rejects.toThrow(DatabaseUnavailable);
  await expect(down.positions()).rejects.toThrow(DatabaseUnavailable);
  await expect(down.waitForOffset(0, 1n, 1_000)).rejects.toThrow(DatabaseUnavailable);
  await expect(down.sql('SELECT 1', 1, 100)).rejects.toThrow(DatabaseUnavailable);
  await down.close();
  const empty = await freshDatabase(inject('databaseUrl'), { empty: true });
  const bare = new ReadModel({ databaseUrl: empty.url, clock });
  await expect(bare.runs({}, undefined, 1)).rejects.toThrow(DatabaseRefused);
  await expect(bare.positions()).rejects.toThrow(DatabaseRefused);
  await bare.close();
  await empty.drop();
});
