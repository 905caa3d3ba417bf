import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { whenEnded } from '../support/ended.js';
import { post } from '../support/load.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const handlers = [fileURLToPath(new URL('../support/rough-handlers.mjs', import.meta.url))];

let folder: string;
let startsFile: string;
let system: TestSystem;
/** Every nap that was ever submitted. */
const naps: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-poison-'));
  startsFile = join(folder, 'starts');
  writeFileSync(startsFile, '');
  system = await startLocalSystem({ handlers, env: { MILLRACE_TEST_STARTS: startsFile } });
});
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function submit(items: readonly object[]): Promise<string[]> {
  const answer = await post<{ items: readonly { run: string }[] }>(`${system.apiUrl}/v1/bulk`, { items });
  return answer!.items.map(({ run }) => run);
}

/** A hundred good tasks, some long enough to be there when something goes wrong. */
async function submitNaps(): Promise<string[]> {
  const runs = await submit(
    Array.from({ length: 100 }, (_, index) => ({ handler: 'nap', input: { ms: 20 + (index % 10) * 300 } })),
  );
  naps.push(...runs);
  return runs;
}

interface TaskRow {
  readonly status: string;
  readonly reason: string | null;
  readonly attempt: number;
  readonly failures: number;
  readonly error: { readonly name: string; readonly message: string } | null;
}
async function rowsOf(runs: readonly string[]): Promise<TaskRow[]> {
  const client = new pg.Client({ connectionString: system.databaseUrl });
  await client.connect();
  const { rows } = await client.query<TaskRow & { run_id: string }>(
    'SELECT run_id, status, reason, attempt, failures, error FROM task_runs WHERE run_id = ANY($1)',
    [runs],
  );
  await client.end();
  return runs.map((run) => rows.find(({ run_id: id }) => id === run)!);
}
const startsOf = (run: string): string[] =>
  readFileSync(startsFile, 'utf8').split('\n').filter((line) => line.startsWith(`${run} `)); // prettier-ignore

it('lets a handler block its worker for longer than any session: it ends, is started once, and harms nobody', async () => {
  const good = await submitNaps();
  const [blocking] = await submit([{ handler: 'block', input: { ms: 16_000 } }]);
  good.push(...(await submitNaps()));
  const statuses = await whenEnded(system, [blocking!, ...good]);
  expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
  expect(await rowsOf([blocking!])).toEqual([expect.objectContaining({ attempt: 1, failures: 0 })]);
  expect(startsOf(blocking!)).toHaveLength(1);
});

it('ends handlers that kill their process as poison, alone and without a retry burnt, and all the rest succeeds', async () => {
  const poison = await submit([{ handler: 'exit' }, { handler: 'exit-later' }, { handler: 'kill-self' }]);
  const good = await submitNaps();
  const statuses = await whenEnded(system, [...good, ...poison], 150_000);
  expect(new Set(good.map((run) => statuses.get(run)))).toEqual(new Set(['succeeded']));
  for (const row of await rowsOf(poison)) {
    expect(row).toMatchObject({
      status: 'dead_lettered',
      reason: 'poison',
      failures: 0,
      error: { name: 'ProcessDied' },
    });
  }
  const pids = poison.map((run) => startsOf(run).map((line) => line.split(' ')[3]));
  for (const each of pids) expect(new Set(each).size).toBe(each.length);
});

it('ends a handler that never gives its process back at start-to-close, by its own failures alone', async () => {
  const [blocking] = await submit([{ handler: 'block-for-ever', startToCloseMs: 5_000, retry: { failuresMax: 2 } }]);
  const good = await submitNaps();
  const statuses = await whenEnded(system, [blocking!, ...good], 150_000);
  expect(new Set(good.map((run) => statuses.get(run)))).toEqual(new Set(['succeeded']));
  expect(await rowsOf([blocking!])).toEqual([expect.objectContaining({ status: 'timed_out', failures: 2 })]);
});

it('refuses a result of 10 MB with the limit, and what a handler returns after it was cancelled', async () => {
  const [large, late] = await submit([{ handler: 'return-10-mb' }, { handler: 'end-after-cancel' }]);
  await expect.poll(() => startsOf(late!).length, { timeout: 30_000 }).toBe(1);
  expect(await post(`${system.apiUrl}/v1/runs/${late!}/cancel`, {})).toBeDefined();
  await whenEnded(system, [large!, late!]);
  const [refused, cancelled] = await rowsOf([large!, late!]);
  expect(refused).toMatchObject({ status: 'failed', error: { name: 'ResultRefused' } });
  expect(refused!.error!.message).toMatch(/at most \d+ (bytes|KiB)/);
  expect(cancelled).toMatchObject({ status: 'cancelled', failures: 0 });
});

it('has burnt no retry of anybody else, and shows in Postgres what a fold of the whole log gives', async () => {
  expect((await rowsOf(naps)).filter(({ failures }) => failures > 0)).toEqual([]);
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
