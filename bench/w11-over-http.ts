import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, workflowLines } from '../libs/client/dist/index.js';
import type { WorkflowNode } from '@millrace/protocol';
import type { BenchSystem } from './bench-system.ts';
import { cpuBetween } from './cpu-accounting.ts';
import type { Figures } from './figures.ts';
import type { MemoryBytes } from './memory-accounting.ts';
import { cpuPer, type Workload } from './workload.ts';

const watchMs = 500;
const withinMs = 3_600_000;
const mb = 1_000_000;

/**
 * A root, leaves and a join, made line by line, streamed to ingest, run by no-op handlers and visible in Postgres: CPU a node of
 * every process, the most that each of ours had resident, and the longest pause of its event loop.
 */
export const w11OverHttp: Workload = {
  title: 'W11 over HTTP (a definition streamed as NDJSON, and its run, on the whole system)',
  sizeDefault: 1_000_000,
  warmUpSize: 1_000,
  roundsDefault: 1,
  async round(system, { size }) {
    const client = createClient({ url: system.local.apiUrl, retriesMax: 100 });
    const name = `streamed-${size}`;
    await system.probe();
    const before = system.cpu();
    const watch = watchMemory(system);
    const startedAt = performance.now();
    await client.streamWorkflow(() => workflowLines({ name, tasks: size }, nodesOf(size)));
    const registerMs = performance.now() - startedAt;
    const { run } = await client.submitRun({ workflow: name });
    const submitMs = performance.now() - startedAt - registerMs;
    await ended(system, run, size);
    const runMs = performance.now() - startedAt - registerMs - submitMs;
    const cpu = cpuPer(size, cpuBetween(before, system.cpu()));
    const most = watch.stop();
    const pauses = Object.entries(await system.probe()).map(([process, { pauseMsMax }]) => [
      `pauseMs ${process}`,
      pauseMsMax,
    ]);
    const resident = Object.entries(most).map(([process, bytes]) => [`residentMB ${process}`, bytes / mb]);
    return { registerMs, submitMs, runMs, ...cpu, ...Object.fromEntries([...resident, ...pauses]) } satisfies Figures;
  },
};

function* nodesOf(count: number): Generator<WorkflowNode> {
  yield { id: 'root', handler: 'noop' };
  const dependsOn: string[] = [];
  for (let leaf = 0; leaf < count - 2; leaf++) {
    dependsOn.push(`leaf-${leaf}`);
    yield { id: `leaf-${leaf}`, handler: 'noop', dependsOn: ['root'] };
  }
  yield { id: 'join', handler: 'noop', dependsOn };
}

async function ended(system: BenchSystem, run: string, tasks: number): Promise<void> {
  await system.until(
    `run ${run} to end`,
    async () => {
      const { rows } = await system.database.query<{ status: string }>('SELECT status FROM runs WHERE id = $1', [run]);
      return ![undefined, 'running'].includes(rows[0]?.status);
    },
    { everyMs: 200, withinMs },
  );
  const { rows } = await system.database.query<{ n: number; attempts: number }>(
    `SELECT count(*)::int AS n, sum(attempt)::int AS attempts FROM task_runs WHERE run_id = $1 AND status = 'succeeded'`,
    [run],
  );
  const found = rows[0]!;
  if (found.n === tasks && found.attempts === tasks) return;
  throw new Error(`Expected ${tasks} tasks with one attempt each, but found ${found.n} with ${found.attempts}: void.`);
}

/** The most that each process had resident until `stop`. */
function watchMemory(system: BenchSystem): { stop(): MemoryBytes } {
  let most = system.memory();
  let isOver = false;
  void (async () => {
    while (!isOver) {
      const now = system.memory();
      most = Object.fromEntries(Object.entries(now).map(([name, bytes]) => [name, Math.max(bytes, most[name] ?? 0)]));
      await sleep(watchMs);
    }
  })();
  return {
    stop: () => {
      isOver = true;
      return most;
    },
  };
}
