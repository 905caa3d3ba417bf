import { PositionTaken, ProjectionUnavailable, unprojected } from '@millrace/runtime';
import { projectionStoreContract } from '@millrace/runtime/testing';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { openDatabase } from './open-database.js';
import { PgProjectionStore, ProjectionAltered } from './pg-projection-store.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';
import { readProjection } from './testing/read-projection.js';
import { batchOf, positionFrom, runId, runRow, taskRow } from './testing/projection-rows.js';

let database: FreshDatabase;
const stores: PgProjectionStore[] = [];
let partition = 0;

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'));
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  partition += 10;
});
afterAll(() => database.drop());

projectionStoreContract('PgProjectionStore', async () => {
  const fresh = await freshDatabase(inject('databaseUrl'));
  const store = new PgProjectionStore({ databaseUrl: fresh.url });
  return {
    store,
    read: () => readProjection(fresh),
    close: async () => {
      await store.close();
      await fresh.drop();
    },
  };
});

function open(databaseUrl = database.url): PgProjectionStore {
  const store = new PgProjectionStore({ databaseUrl });
  stores.push(store);
  return store;
}

it('stands at zero before the first commit and at the last one after it', async () => {
  const store = open();
  expect(await store.position(partition)).toEqual(unprojected(partition));
  await store.commit(batchOf({ positions: [{ ...positionFrom(0, 7, partition), rejected: 2, quarantined: 1 }] }));
  await store.commit(batchOf({ positions: [{ ...positionFrom(7, 2 ** 40, partition), rejected: 3, quarantined: 1 }] }));
  expect(await open().position(partition)).toEqual({
    partition,
    from: 2 ** 40,
    to: 2 ** 40,
    at: 1_700_000_000_000 + 2 ** 40,
    accepted: 2 ** 40,
    rejected: 3,
    quarantined: 1,
    nonce: 'n',
    hash: 2 ** 40,
  });
});

it('refuses all of a commit whose position was moved by another, naming the first such partition', async () => {
  const [mine, other] = [open(), open()];
  await mine.commit(batchOf({ positions: [positionFrom(0, 5, partition), positionFrom(0, 5, partition + 1)] }));
  await other.commit(batchOf({ positions: [positionFrom(5, 9, partition + 1)] }));
  const late = batchOf({
    positions: [positionFrom(5, 8, partition), positionFrom(5, 8, partition + 1)],
    runsBorn: [runRow({ id: runId(100) })],
  });
  await expect(mine.commit(late)).rejects.toEqual(new PositionTaken(partition + 1, 5));
  expect(await mine.position(partition)).toMatchObject({ to: 5 });
  expect(await database.query(`SELECT FROM runs WHERE id = '${runId(100)}'`)).toEqual([]);
});

it('refuses to begin anywhere but at zero', async () => {
  await expect(open().commit(batchOf({ positions: [positionFrom(3, 4, partition)] }))).rejects.toThrow(PositionTaken);
});

it('lets one of two first commits win that come at once', async () => {
  const outcomes = await Promise.allSettled(
    [open(), open()].map((store) => store.commit(batchOf({ positions: [positionFrom(0, 5, partition)] }))),
  );
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
});

it('tells runs, task runs and attempts as the views show them, byte for byte of text', async () => {
  const store = open();
  const text = 'é "quoted" \\ {brace}, NULL \u{1f600}\n';
  const run = runRow({ id: runId(1), taskCount: 2, input: JSON.stringify({ text, n: 1.5e300 }) });
  const tasks = [taskRow({ id: text }), taskRow({ task: 1, id: 'b', status: 'pending', queuedAt: null })];
  await store.commit(
    batchOf({
      positions: [positionFrom(0, 1, partition)],
      runsBorn: [run],
      tasksBorn: tasks,
      workflows: [
        { version: 'v2', name: 'etl', definition: '{"name":"etl"}', tasks: 2 },
        { version: 'v1', name: 'etl', definition: '{"name":"etl"}', tasks: 2 },
      ],
      quarantine: [{ partition, offset: 2 ** 33, index: 3, cause: 'not-json', detail: text }],
    }),
  );
  await store.commit(
    batchOf({
      positions: [positionFrom(1, 2, partition)],
      runsChanged: [{ ...run, status: 'failed', endedAt: 1_700_000_009_999, reason: 'leaf' }],
      tasksChanged: [
        { ...tasks[0]!, status: 'succeeded', attempt: 2, worker: 'w', finishedAt: 1_700_000_000_456, result: '[1]' },
      ],
      attempts: [
        {
          run: run.id,
          task: 0,
          attempt: 1,
          partition,
          worker: 'w',
          dispatchedAt: null,
          startedAt: 1,
          finishedAt: 2,
          outcome: 'failed',
          reason: null,
          error: '{"name":"E"}',
        },
      ],
      workflows: [{ version: 'v1', name: 'etl', definition: '{"name":"etl"}', tasks: 2 }],
    }),
  );
  expect(await database.query(`SELECT * FROM runs WHERE id = '${run.id}'`)).toMatchObject([
    {
      status: 'failed',
      requested_at: new Date(1_700_000_000_123),
      ended_at: new Date(1_700_000_009_999),
      input: { text, n: 1.5e300 },
    },
  ]);
  expect(await database.query(`SELECT * FROM task_runs WHERE run_id = '${run.id}' ORDER BY task`)).toMatchObject([
    { task_id: text, status: 'succeeded', result: [1], finished_at: new Date(1_700_000_000_456) },
    { task_id: 'b', status: 'pending', queued_at: null },
  ]);
  expect(
    await database.query(`SELECT attempt, outcome FROM task_attempts WHERE run_id = '${run.id}' ORDER BY 1`),
  ).toEqual([
    { attempt: 1, outcome: 'failed' },
    { attempt: 2, outcome: 'succeeded' },
  ]);
  expect(await database.query('SELECT version FROM workflows ORDER BY 1')).toEqual([
    { version: 'v1' },
    { version: 'v2' },
  ]);
  expect(await database.query(`SELECT log_offset, detail FROM quarantine_records`)).toEqual([
    { log_offset: String(2 ** 33), detail: text },
  ]);
});

it('keeps a single task in one row that shows as a run, a task run and its attempts', async () => {
  const store = open();
  const run = runRow({ id: runId(2), workflow: null, version: null, input: '{"n":1}' });
  const task = taskRow({ run: run.id });
  await store.commit(batchOf({ positions: [positionFrom(0, 1, partition)], singlesBorn: [[run, task]] }));
  await store.commit(
    batchOf({
      positions: [positionFrom(1, 2, partition)],
      singlesChanged: [
        [
          { ...run, status: 'succeeded', endedAt: 1_700_000_001_000 },
          { ...task, status: 'succeeded', attempt: 1, result: 'null' },
        ],
      ],
    }),
  );
  expect(await database.query(`SELECT * FROM runs WHERE id = '${run.id}'`)).toMatchObject([
    { workflow: null, status: 'succeeded', task_count: 1, input: { n: 1 } },
  ]);
  expect(await database.query(`SELECT * FROM task_runs WHERE run_id = '${run.id}'`)).toMatchObject([
    { task: 0, task_id: 'task', status: 'succeeded', attempt: 1 },
  ]);
  expect(await database.query(`SELECT outcome FROM task_attempts WHERE run_id = '${run.id}'`)).toEqual([
    { outcome: 'succeeded' },
  ]);
});

it('shows an attempt once while its task run waits for the next', async () => {
  const store = open();
  const run = runRow({ id: runId(3), workflow: null, version: null });
  const task = taskRow({ run: run.id, status: 'backing_off', attempt: 1, failures: 1, dueAt: 1_700_000_002_000 });
  const attempt = {
    run: run.id,
    task: 0,
    attempt: 1,
    partition,
    worker: 'w',
    dispatchedAt: 1,
    startedAt: 2,
    finishedAt: 3,
    outcome: 'failed',
    reason: null,
    error: null,
  };
  await store.commit(
    batchOf({ positions: [positionFrom(0, 1, partition)], singlesBorn: [[run, task]], attempts: [attempt] }),
  );
  expect(await database.query(`SELECT attempt, outcome FROM task_attempts WHERE run_id = '${run.id}'`)).toEqual([
    { attempt: 1, outcome: 'failed' },
  ]);
});

it('says so where a row to change is not there, and writes nothing', async () => {
  const store = open();
  const batch = batchOf({ positions: [positionFrom(0, 1, partition)], runsChanged: [runRow({ id: runId(999) })] });
  await expect(store.commit(batch)).rejects.toThrow(ProjectionAltered);
  expect(await store.position(partition)).toMatchObject({ to: 0 });
});

it('makes a connection again that was cut, and calls its outcome unknown', async () => {
  const store = open();
  await store.commit(batchOf({ positions: [positionFrom(0, 1, partition)] }));
  const admin = await openDatabase(database.url);
  await admin.query('BEGIN; LOCK TABLE run_records');
  const held = store.commit(
    batchOf({ positions: [positionFrom(1, 2, partition)], runsBorn: [runRow({ id: runId(4) })] }),
  );
  const cut = expect(held).rejects.toThrow(ProjectionUnavailable);
  await expect
    .poll(async () => {
      const { rows } = await admin.query(
        `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
         WHERE application_name = 'millrace-projector' AND datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length;
    })
    .toBeGreaterThan(0);
  await cut;
  await admin.end();
  expect(await store.position(partition)).toMatchObject({ to: 1 });
  await store.commit(batchOf({ positions: [positionFrom(1, 2, partition)], runsBorn: [runRow({ id: runId(4) })] }));
});

it('says that a server is down, and that migrations are missing', async () => {
  const down = open('postgresql://postgres@127.0.0.1:1/none');
  await expect(down.position(0)).rejects.toThrow(ProjectionUnavailable);
  const empty = await freshDatabase(inject('databaseUrl'), { empty: true });
  await expect(open(empty.url).position(0)).rejects.toThrow('Run: millrace migrate');
  await empty.drop();
});

it('tolerates being closed twice, and refuses what comes after', async () => {
  const store = open();
  await store.position(partition);
  await Promise.all([store.close(), store.close()]);
  await expect(store.position(partition)).rejects.toThrow(ProjectionUnavailable);
});
