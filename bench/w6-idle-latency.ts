import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './figures.ts';
import type { Workload } from './workload.ts';

const everyMs = 100;

/**
 * One task every 100 ms on an idle system: from just before the request is sent to the start of the handler, by the one clock
 * of this machine. Open loop: the time of sending is planned, a late answer does not delay the next task.
 */
export const w6: Workload = {
  title: 'W6 idle latency (one task every 100 ms, submit to start of the handler)',
  sizeDefault: 300,
  warmUpSize: 100,
  roundsDefault: 5,
  async round(system, { size }) {
    const body = JSON.stringify({ handler: 'stamp' });
    const begin = performance.now() + everyMs;
    const sent: Promise<{ readonly run: string; readonly plannedAtMs: number }>[] = [];
    for (let index = 0; index < size; index++) {
      const planned = begin + index * everyMs;
      await sleep(Math.max(0, planned - performance.now()));
      const plannedAtMs = performance.timeOrigin + planned;
      sent.push(system.post<{ run: string }>('/v1/tasks', body).then(({ run }) => ({ run, plannedAtMs })));
    }
    const tasks = await Promise.all(sent);
    const startedAt = await startsOf(
      system,
      tasks.map(({ run }) => run),
    );
    const latencies = tasks.map(({ run, plannedAtMs }) => startedAt.get(run)! - plannedAtMs);
    return { p50Ms: percentile(latencies, 50), p99Ms: percentile(latencies, 99), maxMs: Math.max(...latencies) };
  },
};

async function startsOf(
  system: Parameters<Workload['round']>[0],
  runs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  let starts = new Map<string, number>();
  await system.until('all tasks to be visible', async () => {
    const { rows } = await system.database.query<{ run: string; at: number }>(
      `SELECT run_id AS run, (result->>'startedAtMs')::float8 AS at FROM task_runs
       WHERE run_id = ANY($1) AND status = 'succeeded' AND attempt = 1`,
      [runs],
    );
    starts = new Map(rows.map(({ run, at }) => [run, at]));
    return starts.size === runs.length;
  });
  return starts;
}
