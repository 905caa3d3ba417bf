import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PositionTaken, unprojected, type AttemptRow, type ProjectionStore } from '../ports.js';
import type { ProjectionRows } from './in-memory-projection-store.js';
import { projectionBatch, projectionPosition, runRow, taskRunRow } from './projection-rows.js';

/** A store that is empty at first. `read` gives all its rows, JSON texts as they are or reformatted. */
export interface ProjectionStoreUnderTest {
  readonly store: ProjectionStore;
  read(): Promise<ProjectionRows>;
  close?(): Promise<void>;
}

const runA = '0000' + 'a'.repeat(32);
const runB = '0000' + 'b'.repeat(32);
const version = 'f'.repeat(64);

/** What every `ProjectionStore` promises. `make` gives an empty one for each test. */
export function projectionStoreContract(name: string, make: () => Promise<ProjectionStoreUnderTest>): void {
  describe(`${name} as a projection store`, () => {
    let tested: ProjectionStoreUnderTest;
    beforeEach(async () => {
      tested = await make();
    });
    afterEach(async () => {
      await tested.close?.();
    });

    it('stands at zero before the first commit', async () => {
      const zero = unprojected(3);
      expect(await tested.store.position(3)).toMatchObject({ ...zero, from: expect.any(Number) });
    });

    it('remembers position, time and totals of each partition', async () => {
      await tested.store.commit(projectionBatch([projectionPosition(0, 7), projectionPosition(0, 9, 1)]));
      await tested.store.commit(projectionBatch([projectionPosition(7, 12)]));
      expect(await tested.store.position(0)).toMatchObject({ to: 12, at: 1_700_000_000_012, accepted: 12 });
      expect(await tested.store.position(1)).toMatchObject({ to: 9, rejected: 1, quarantined: 2 });
    });

    it('writes what was born', async () => {
      const workflow = { version, name: 'etl', definition: '{"name":"etl"}', tasks: 2 };
      const run = runRow(runA, { workflow: 'etl', version, taskCount: 2, input: '{"day":1}' });
      const tasks = [taskRunRow(runA, 0), taskRunRow(runA, 1, { status: 'pending', queuedAt: null })];
      const quarantine = { partition: 0, offset: 4, index: 0, cause: 'bad-json', detail: 'at byte 3' };
      const rows = { workflows: [workflow], runsBorn: [run], tasksBorn: tasks, quarantine: [quarantine] };
      await tested.store.commit(projectionBatch([projectionPosition(0, 5)], rows));
      const read = await tested.read();
      expect(plain(read.runs)).toEqual(plain([run]));
      expect(plain(read.tasks)).toEqual(plain(tasks));
      expect(plain(read.workflows)).toEqual(plain([workflow]));
      expect(plain(read.quarantine)).toEqual(plain([quarantine]));
    });

    it('replaces the mutable columns of what changed', async () => {
      const born = { runsBorn: [runRow(runA)], tasksBorn: [taskRunRow(runA, 0), taskRunRow(runA, 1)] };
      await tested.store.commit(projectionBatch([projectionPosition(0, 1)], born));
      const run = runRow(runA, { status: 'failed', endedAt: 1_700_000_000_500, reason: 'leaf-failed' });
      const task = taskRunRow(runA, 0, {
        ...{ status: 'failed', attempt: 2, failures: 1, worker: 'w1', result: null, error: '{"name":"Error"}' },
        ...{ dispatchedAt: 1_700_000_000_100, startedAt: 1_700_000_000_200, finishedAt: 1_700_000_000_300 },
        ...{ movedAt: 1_700_000_000_300, reason: 'handler', dueAt: 1_700_000_000_400 },
      });
      const attempt: AttemptRow = {
        ...{ run: runA, task: 0, attempt: 1, partition: 0, worker: 'w0', dispatchedAt: 1_700_000_000_010 },
        ...{ startedAt: null, finishedAt: 1_700_000_000_020, outcome: 'returned', reason: 'no-slot', error: null },
      };
      const changes = { runsChanged: [run], tasksChanged: [task], attempts: [attempt] };
      await tested.store.commit(projectionBatch([projectionPosition(1, 2)], changes));
      const read = await tested.read();
      expect(plain(read.runs)).toEqual(plain([run]));
      expect(plain(read.tasks)).toEqual(plain([task, taskRunRow(runA, 1)]));
      expect(plain(read.attempts)).toEqual(plain([attempt]));
    });

    it('shows a single task as a run and as a task run', async () => {
      const born = [runRow(runB), taskRunRow(runB, 0)] as const;
      await tested.store.commit(projectionBatch([projectionPosition(0, 1)], { singlesBorn: [born] }));
      const ended = { status: 'succeeded', endedAt: 1_700_000_000_900 };
      const done = { status: 'succeeded', attempt: 1, finishedAt: 1_700_000_000_900, result: '[1,2]' };
      const changed = [runRow(runB, ended), taskRunRow(runB, 0, done)] as const;
      await tested.store.commit(projectionBatch([projectionPosition(1, 2)], { singlesChanged: [changed] }));
      const read = await tested.read();
      expect(plain(read.runs)).toEqual(plain([changed[0]]));
      expect(plain(read.tasks)).toEqual(plain([changed[1]]));
    });

    it('keeps the key and the input that a run was requested with, whatever becomes of it', async () => {
      const told = { input: '[1]', idempotencyKey: 'order-17' };
      const born = {
        runsBorn: [runRow(runA, told)],
        singlesBorn: [[runRow(runB, told), taskRunRow(runB, 0)] as const],
      };
      await tested.store.commit(projectionBatch([projectionPosition(0, 1)], born));
      const ended = { status: 'succeeded', endedAt: 1_700_000_000_900 };
      const [run, single] = [runRow(runA, ended), runRow(runB, ended)];
      const changed = { runsChanged: [run], singlesChanged: [[single, taskRunRow(runB, 0)] as const] };
      await tested.store.commit(projectionBatch([projectionPosition(1, 2)], changed));
      expect(plain((await tested.read()).runs)).toEqual(plain([run, single].map((row) => ({ ...row, ...told }))));
    });

    it('shows since when a run is paused, until it goes on', async () => {
      const since = 1_700_000_000_400;
      const [paused, pausedSingle] = [runA, runB].map((run) => ({ run, isSingle: run === runB, since }));
      const born = { runsBorn: [runRow(runA)], singlesBorn: [[runRow(runB), taskRunRow(runB, 0)] as const] };
      await tested.store.commit(
        projectionBatch([projectionPosition(0, 1)], { ...born, runsPaused: [paused!, pausedSingle!] }),
      );
      expect(plain((await tested.read()).pauses)).toEqual([runA, runB].map((run) => ({ run, since })));
      const resumed = { ...paused!, since: null };
      await tested.store.commit(projectionBatch([projectionPosition(1, 2)], { runsPaused: [resumed] }));
      expect((await tested.read()).pauses).toEqual([{ run: runB, since }]);
    });

    it('shows the last checkpoint of a task run', async () => {
      const born = {
        ...{ runsBorn: [runRow(runA)], tasksBorn: [taskRunRow(runA, 0), taskRunRow(runA, 1)] },
        singlesBorn: [[runRow(runB), taskRunRow(runB, 0)] as const],
      };
      const row = (run: string, task: number, checkpoint: string) => ({
        run,
        task,
        isSingle: run === runB,
        checkpoint,
      });
      const first = [row(runA, 1, '{"page":1}'), row(runB, 0, '7')];
      await tested.store.commit(projectionBatch([projectionPosition(0, 1)], { ...born, checkpoints: first }));
      const next = { checkpoints: [row(runA, 1, '{"page":2}')] };
      await tested.store.commit(projectionBatch([projectionPosition(1, 2)], next));
      expect(plain((await tested.read()).checkpoints)).toEqual([
        { run: runA, task: 1, checkpoint: { page: 2 } },
        { run: runB, task: 0, checkpoint: 7 },
      ]);
    });

    it('writes nothing when a position has moved', async () => {
      await tested.store.commit(projectionBatch([projectionPosition(0, 5)]));
      const late = projectionBatch([projectionPosition(0, 4, 1), projectionPosition(3, 6)], {
        runsBorn: [runRow(runA)],
      });
      const failure = await tested.store.commit(late).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PositionTaken);
      expect(failure).toMatchObject({ partition: 0, expected: 3 });
      expect((await tested.read()).runs).toEqual([]);
      expect(await tested.store.position(0)).toMatchObject({ to: 5 });
      expect(await tested.store.position(1)).toMatchObject({ to: 0 });
    });

    it('refuses the same batch twice', async () => {
      const batch = projectionBatch([projectionPosition(0, 5)], { runsBorn: [runRow(runA)] });
      await tested.store.commit(batch);
      await expect(tested.store.commit(batch)).rejects.toBeInstanceOf(PositionTaken);
      expect((await tested.read()).runs).toHaveLength(1);
    });

    it('lets one of two concurrent commits from the same position win', async () => {
      const commits = [runA, runB].map((id) =>
        tested.store.commit(projectionBatch([projectionPosition(0, 5)], { runsBorn: [runRow(id)] })),
      );
      const results = await Promise.allSettled(commits);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await tested.read()).runs).toHaveLength(1);
    });
  });
}

/** Rows in one order, with JSON columns as values, so that a store may format JSON as it likes. */
function plain(rows: readonly object[]): object[] {
  const parsed = rows.map((row) => {
    const copy: Record<string, unknown> = { ...row };
    for (const column of ['input', 'result', 'error', 'definition', 'checkpoint']) {
      const text = copy[column];
      if (typeof text === 'string') copy[column] = JSON.parse(text);
    }
    return copy;
  });
  const keyOf = (row: Record<string, unknown>): string => `${row['run'] ?? row['id']}/${row['task']}/${row['attempt']}`;
  return parsed.sort((left, right) => keyOf(left).localeCompare(keyOf(right)));
}
