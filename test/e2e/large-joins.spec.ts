import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@millrace/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, until } from '../support/ask.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { runMillrace } from '../support/millrace-command.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
/** Parents of the largest join. By hand: 1,000, or 10,000. */
const parentsMax = Number(process.env['MILLRACE_TEST_JOIN_PARENTS'] ?? 200);
const bytes = 100 * 1024;
const withinMs = 60_000 + parentsMax * 100;

let system: TestSystem;
beforeAll(async () => {
  system = await startLocalSystem({ handlers });
});
afterAll(async () => {
  await system?.stop();
});

async function rowsOf(query: string): Promise<unknown[][]> {
  const { status, body } = await ask(`${system.apiUrl}/v1/sql`, { query });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.rows;
}

/** Runs parents with results of 100 KiB and one child behind them all: that child's status, attempt, result and error. */
async function joined(handler: string, parents: number): Promise<unknown[]> {
  const dependsOn = Array.from({ length: parents }, (_, at) => `p${at}`);
  const fills = dependsOn.map((id) => ({ id, handler: 'fill', input: { bytes } }));
  const name = `join-${parents}`;
  const tasks = [...fills, { id: 'join', handler, dependsOn, startToCloseMs: withinMs }];
  expect(await ask(`${system.apiUrl}/v1/workflows`, { name, tasks })).toMatchObject({ status: 201 });
  const run = await endOfRun(name);
  const row = `SELECT status, attempt, result, error FROM task_runs WHERE run_id = '${run}' AND task_id = 'join'`;
  return (await rowsOf(row))[0]!;
}

/** Runs a workflow to its end: the run's id. */
async function endOfRun(workflow: string): Promise<string> {
  const { run } = await createClient({ url: system.apiUrl }).submitRun({ workflow });
  const ended = `SELECT status FROM runs WHERE id = '${run}' AND status <> 'running'`;
  await until(`run ${run} to end`, async () => (await rowsOf(ended))[0], withinMs);
  return run;
}

it.each([
  ['of 4 MiB at once', 'weigh-at-once', 40],
  ['that are too many to be given at once, one by one', 'weigh', parentsMax],
])(
  'a child gets results of its parents %s',
  async (_title, handler, parents) => {
    const weighed = { count: parents, chars: parents * (bytes - 2) };
    expect(await joined(handler, parents)).toEqual(['succeeded', 1, weighed, null]);
  },
  2 * withinMs,
);

it(
  'a definition of 20,000 tasks is registered from a file of lines and runs',
  async () => {
    const nodes = 20_000;
    const leaves = Array.from({ length: nodes - 2 }, (_, at) => ({
      id: `leaf-${at}`,
      handler: 'noop',
      dependsOn: ['root'],
    }));
    const sum = { id: 'sum', handler: 'noop', dependsOn: leaves.map(({ id }) => id) };
    const lines = [{ name: 'wide', tasks: nodes }, { id: 'root', handler: 'noop' }, ...leaves, sum];
    const file = join(system.dataDir, 'wide.ndjson');
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    const applied = await runMillrace(['workflow', 'apply', file, '-o', 'json'], { MILLRACE_URL: system.apiUrl });
    expect(JSON.parse(applied.stdout)).toMatchObject({ name: 'wide', tasks: nodes });
    const run = await endOfRun('wide');
    const done = `SELECT count(*)::int FROM task_runs WHERE run_id = '${run}' AND status = 'succeeded'`;
    expect(await rowsOf(done)).toEqual([[nodes]]);
  },
  withinMs,
);

it('shows what the log holds', async () => {
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
