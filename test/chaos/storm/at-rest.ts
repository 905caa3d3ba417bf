import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestSystem } from '../../support/local-system.ts';

const pollMs = 500;

/**
 * Waits until the projection shows no run that has not ended, twice in a row with the same count, and gives what still runs after
 * `withinMs`: 0 where the system came to rest by itself.
 */
export async function atRest(system: TestSystem, withinMs: number): Promise<number> {
  const deadline = performance.now() + withinMs;
  let last = '';
  for (;;) {
    const counts = await countRuns(system.databaseUrl);
    const now = JSON.stringify(counts);
    if (counts?.open === 0 && now === last) return 0;
    if (performance.now() > deadline) return counts?.open ?? -1;
    last = now;
    await sleep(pollMs);
  }
}

/** How many of `runs` Postgres does not show as ended. */
export async function notEnded(databaseUrl: string, runs: readonly string[]): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>("SELECT id FROM runs WHERE status <> 'running'");
    const ended = new Set(rows.map(({ id }) => id));
    return runs.filter((run) => !ended.has(run));
  } finally {
    await client.end();
  }
}

async function countRuns(databaseUrl: string): Promise<{ open: number; all: number } | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ open: number; all: number }>(
      "SELECT (count(*) FILTER (WHERE status = 'running'))::int AS open, count(*)::int AS all FROM runs",
    );
    return rows[0];
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
