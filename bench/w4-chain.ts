import { spreadOf } from './figures.ts';
import { submitAndWait } from './submit-and-wait.ts';
import type { Workload } from './workload.ts';

/** A chain of 1,000 tasks, each waiting for the one before it. */
export const w4: Workload = {
  title: 'W4 chain (per hop, from the start of one handler to the start of the next)',
  sizeDefault: 1_000,
  warmUpSize: 200,
  roundsDefault: 5,
  async round(system, { size }) {
    const name = `chain-${size}`;
    const tasks = Array.from({ length: size }, (_, index) => ({
      id: `hop-${index}`,
      handler: 'stamp',
      ...(index > 0 && { dependsOn: [`hop-${index - 1}`] }),
    }));
    await system.post('/v1/workflows', JSON.stringify({ name, tasks }));
    const { run, tookMs } = await submitAndWait(system, name, size);
    const { rows } = await system.database.query<{ at: number }>(
      `SELECT (result->>'startedAtMs')::float8 AS at FROM task_runs WHERE run_id = $1 ORDER BY task`,
      [run],
    );
    const hops = rows.slice(1).map(({ at }, index) => at - rows[index]!.at);
    const tenth = Math.max(1, Math.floor(hops.length / 10));
    return {
      hopMs: (rows.at(-1)!.at - rows[0]!.at) / hops.length,
      firstTenthHopMs: spreadOf(hops.slice(0, tenth)).median,
      lastTenthHopMs: spreadOf(hops.slice(-tenth)).median,
      runMs: tookMs,
    };
  },
};
