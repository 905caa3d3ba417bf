import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, until } from '../support/ask.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const folder = mkdtempSync(join(tmpdir(), 'millrace-time-'));

let system: TestSystem;
beforeAll(async () => {
  system = await startLocalSystem({ handlers });
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Shown {
  readonly run: { readonly status: string; readonly reason: string | null };
  readonly tasks: readonly {
    readonly id: string;
    readonly status: string;
    readonly reason: string | null;
    readonly queuedAt: string | null;
    readonly dueAt: string | null;
    readonly result?: unknown;
    readonly error: { readonly name: string } | null;
    readonly waitsFor?: { readonly reason: string };
  }[];
}

async function submit(path: '/v1/tasks' | '/v1/runs', body: object): Promise<string> {
  const answer = await ask(`${system.apiUrl}${path}`, body);
  expect(answer.status).toBe(202);
  return answer.body.run;
}

function shown(run: string, holds: (shown: Shown) => boolean): Promise<Shown> {
  return until(`run ${run} to be shown so`, async () => {
    const { status, body } = await ask(`${system.apiUrl}/v1/runs/${run}`);
    return status === 200 && holds(body) ? (body as Shown) : undefined;
  });
}
const ended = (run: string): Promise<Shown> => shown(run, ({ run: { status } }) => status !== 'running');

describe('a whole system', () => {
  it('joins the ends of parents by every rule', async () => {
    const both = ['good', 'bad'];
    const tasks = [
      { id: 'good', handler: 'noop' },
      { id: 'bad', handler: 'fail-always', retry: { failuresMax: 1 } },
      { id: 'all', handler: 'noop', dependsOn: both },
      { id: 'done', handler: 'noop', dependsOn: both, join: 'all_done' },
      { id: 'one', handler: 'noop', dependsOn: both, join: 'one_success' },
      { id: 'none', handler: 'noop', dependsOn: both, join: 'none_failed' },
      { id: 'always', handler: 'noop', dependsOn: both, join: 'always' },
      { id: 'two', handler: 'noop', dependsOn: both, join: { rule: 'n_of_m', n: 2 } },
    ];
    expect((await ask(`${system.apiUrl}/v1/workflows`, { name: 'joins', tasks })).status).toBe(201);
    const { run, tasks: ends } = await ended(await submit('/v1/runs', { workflow: 'joins' }));
    expect(run.status).toBe('failed');
    expect(
      Object.fromEntries(ends.map(({ id, status, reason }) => [id, status === 'skipped' ? reason : status])),
    ).toEqual({
      ...{ good: 'succeeded', bad: 'dead_lettered', all: 'upstream_failed', done: 'succeeded', one: 'succeeded' },
      ...{ none: 'upstream_failed', always: 'succeeded', two: 'upstream_failed' },
    });
  });

  it('follows the branches whose condition is true of a result, and skips the others', async () => {
    const tasks = [
      { id: 'extract', handler: 'echo', input: { rows: 3 } },
      { id: 'load', handler: 'echo', dependsOn: [{ id: 'extract', when: 'result.rows > 0' }] },
      { id: 'alert', handler: 'noop', dependsOn: [{ id: 'extract', when: 'result.rows == 0' }] },
      { id: 'page', handler: 'noop', dependsOn: ['alert'] },
      { id: 'done', handler: 'noop', dependsOn: ['load', 'page'], join: 'none_failed' },
    ];
    expect((await ask(`${system.apiUrl}/v1/workflows`, { name: 'branches', tasks })).status).toBe(201);
    const { run, tasks: ends } = await ended(await submit('/v1/runs', { workflow: 'branches' }));
    expect(run.status).toBe('succeeded');
    expect(ends.map(({ id, status, reason }) => [id, status, reason])).toEqual([
      ['extract', 'succeeded', null],
      ['load', 'succeeded', null],
      ['alert', 'skipped', 'branch'],
      ['page', 'skipped', 'branch'],
      ['done', 'succeeded', null],
    ]);
  });

  it('fails a task whose result does not decide a condition, and refuses what is no condition', async () => {
    const after = (when: string) => [
      { id: 'extract', handler: 'noop' },
      { id: 'load', handler: 'noop', dependsOn: [{ id: 'extract', when }] },
    ];
    await ask(`${system.apiUrl}/v1/workflows`, { name: 'undecided', tasks: after('result.rows > 0') });
    const { run, tasks: ends } = await ended(await submit('/v1/runs', { workflow: 'undecided' }));
    expect([run.status, ends.map(({ status }) => status)]).toEqual(['failed', ['failed', 'skipped']]);
    expect(ends[0]!.error!.name).toBe('ConditionFailed');
    const refused = await ask(`${system.apiUrl}/v1/workflows`, { name: 'undecided', tasks: after('rows > 0') });
    expect([refused.status, refused.body.faults]).toEqual([
      422,
      [
        {
          code: 'task-condition-bad',
          path: '/tasks/1/dependsOn/0/when',
          message: 'Expected a condition in CEL over result and input, but: Unknown variable: rows.',
        },
      ],
    ]);
  });

  it('runs nothing before its time, and says what it waits for', async () => {
    const askedAt = Date.now();
    const run = await submit('/v1/tasks', { handler: 'noop', delayMs: 1_500 });
    const waiting = await shown(run, ({ tasks }) => tasks[0]!.status === 'scheduled');
    expect(waiting.tasks[0]).toMatchObject({ dueAt: expect.any(String), waitsFor: { reason: 'time' } });
    const { run: end, tasks } = await ended(run);
    expect(end.status).toBe('succeeded');
    expect(Date.parse(tasks[0]!.queuedAt!)).toBeGreaterThanOrEqual(askedAt + 1_500);
  });

  it('runs at once what was asked for a time that has passed, or without a delay', async () => {
    for (const when of [{ runAt: '2001-01-01T00:00:00Z' }, { delayMs: 0 }]) {
      const { run, tasks } = await ended(await submit('/v1/tasks', { handler: 'noop', ...when }));
      expect([run.status, tasks[0]]).toEqual(['succeeded', expect.objectContaining({ attempt: 1, dueAt: null })]);
    }
  });

  it('times out what nobody starts in time', async () => {
    const run = await submit('/v1/tasks', { handler: 'served-by-nobody', scheduleToStartMs: 500 });
    expect((await ended(run)).tasks[0]).toMatchObject({
      status: 'timed_out',
      reason: 'schedule-to-start',
      error: { name: 'ScheduleToStartTimeout' },
    });
  });

  it('dispatches nothing of a paused run, says so, and goes on where it is resumed', async () => {
    const run = await submit('/v1/tasks', { handler: 'noop', delayMs: 1_500 });
    expect((await ask(`${system.apiUrl}/v1/runs/${run}/pause`, {})).status).toBe(202);
    await shown(run, ({ tasks }) => tasks[0]!.waitsFor?.reason === 'paused');
    expect((await ask(`${system.apiUrl}/v1/runs/${run}/resume`, {})).status).toBe(202);
    expect((await ended(run)).run.status).toBe('succeeded');
  });

  it('hands the next attempt the last checkpoint of the one before', async () => {
    const run = await submit('/v1/tasks', { handler: 'goes-on', retry: { delayMs: 100 } });
    expect((await ended(run)).tasks[0]).toMatchObject({ status: 'succeeded', result: { from: { page: 2 } } });
  });

  it('gives every handler of a run the trace of its request', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const tasks = [
      { id: 'first', handler: 'traced' },
      { id: 'second', handler: 'traced', dependsOn: ['first'] },
    ];
    await ask(`${system.apiUrl}/v1/workflows`, { name: 'traced', tasks });
    const headers = { 'content-type': 'application/json', traceparent };
    const { body } = await ask(`${system.apiUrl}/v1/runs`, { workflow: 'traced' }, headers);
    const result = { traceparent, before: [{ traceparent, before: [] }] };
    expect((await ended(body.run)).tasks.find(({ id }) => id === 'second')).toMatchObject({ result });
  });

  it('ends a handler that is silent for its heartbeat timeout', async () => {
    const task = { handler: 'never', input: { file: join(folder, 'silent') }, heartbeatTimeoutMs: 1_000 };
    const run = await submit('/v1/tasks', { ...task, retry: { failuresMax: 1 } });
    expect((await ended(run)).tasks[0]).toMatchObject({ status: 'timed_out', error: { name: 'HeartbeatTimeout' } });
  });

  it('times out a run that takes too long, and aborts the handler that runs', async () => {
    const file = join(folder, 'never');
    const tasks = [{ id: 'never', handler: 'never', input: { file } }];
    await ask(`${system.apiUrl}/v1/workflows`, { name: 'endless', tasks });
    const { run } = await ended(await submit('/v1/runs', { workflow: 'endless', scheduleToCloseMs: 4_000 }));
    expect(run).toMatchObject({ status: 'timed_out', reason: 'schedule-to-close' });
    await until('the abort', async () => readFileSync(file, 'utf8').includes('aborted: ') || undefined);
  });

  it('shows in the metrics of every service what it has done, by the names of the reference', async () => {
    const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');
    const sums = new Map<string, number>();
    for (const [service, urls] of Object.entries(system.urls)) {
      for (const url of urls) {
        const answer = await fetch(`${url}/metrics`);
        expect([service, answer.status]).toEqual([service, 200]);
        const text = await answer.text();
        const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
        expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
        for (const [, series, value] of text.matchAll(/^(\S+) (\S+)$/gm))
          sums.set(series!, (sums.get(series!) ?? 0) + Number(value));
      }
    }
    for (const counted of [
      ...['millrace_ingest_items_total{outcome="logged"}', 'millrace_dispatcher_dispatches_total'],
      ...['millrace_dispatcher_retries_total', 'millrace_worker_ended_attempts_total{outcome="failed"}'],
      ...['millrace_worker_attempt_duration_seconds_count', 'millrace_projector_written_rows_total'],
      ...['millrace_projector_transaction_duration_seconds_count', 'millrace_log_appended_bytes_total'],
    ]) {
      expect([counted, sums.get(counted)]).toEqual([counted, expect.toSatisfy((sum: number) => sum > 0)]);
    }
    expect(sums.get('millrace_dispatcher_owned_partitions')).toBe(system.partitions);
    expect(sums.get('millrace_dispatcher_halted_partitions')).toBe(0);
  });

  it('shows rows that are the fold of its log', async () => {
    expect(await differenceFromRebuild(system)).toBeUndefined();
  });
});
