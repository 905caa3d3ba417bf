import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, until } from '../support/ask.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
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
  const { status, body } = await ask(`${system.apiUrl}/v1/runs`, { workflow: name });
  expect(status, JSON.stringify(body)).toBe(202);
  const ended = `SELECT status FROM runs WHERE id = '${body.run}' AND status <> 'running'`;
  await until(`run ${body.run} to end`, async () => (await rowsOf(ended))[0], withinMs);
  const join = `SELECT status, attempt, result, error FROM task_runs WHERE run_id = '${body.run}' AND task_id = 'join'`;
  return (await rowsOf(join))[0]!;
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

it('shows what the log holds', async () => {
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
