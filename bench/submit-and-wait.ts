import type { BenchSystem } from './bench-system.ts';

/** Submits a run and waits until Postgres shows it succeeded with `tasks` succeeded task runs of one attempt each. */
export async function submitAndWait(
  system: BenchSystem,
  workflow: string,
  tasks: number,
): Promise<{ readonly run: string; readonly tookMs: number }> {
  const startedAt = performance.now();
  const { run } = await system.post<{ run: string }>('/v1/runs', JSON.stringify({ workflow }));
  const statusOf = async (): Promise<string | undefined> => {
    const { rows } = await system.database.query<{ status: string }>('SELECT status FROM runs WHERE id = $1', [run]);
    return rows[0]?.status;
  };
  await system.until(`run ${run} to end`, async () => ![undefined, 'running'].includes(await statusOf()), {
    everyMs: 5,
  });
  const tookMs = performance.now() - startedAt;
  const { rows } = await system.database.query<{ n: number; attempts: number }>(
    `SELECT count(*)::int AS n, sum(attempt)::int AS attempts FROM task_runs WHERE run_id = $1 AND status = 'succeeded'`,
    [run],
  );
  const found = rows[0]!;
  if (found.n !== tasks || found.attempts !== tasks) {
    throw new Error(
      `Expected ${tasks} tasks with one attempt each, but found ${found.n} with ${found.attempts}: void.`,
    );
  }
  return { run, tookMs };
}
