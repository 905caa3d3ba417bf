import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestSystem } from './local-system.ts';

/** Status by run id of those that Postgres shows; survives a Postgres that is down for a while. */
export async function statusesOf(databaseUrl: string, runs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ id: string; status: string }>(
      'SELECT id, status FROM runs WHERE id = ANY($1)',
      [runs],
    );
    return new Map(rows.map(({ id, status }) => [id, status]));
  } catch {
    return new Map();
  } finally {
    await client.end().catch(() => {});
  }
}

const pollMs = 200;

/** Waits until all of `runs` have ended and gives their statuses; throws with the first that have not after `withinMs`. */
export async function whenEnded(
  system: TestSystem,
  runs: readonly string[],
  withinMs = 90_000,
): Promise<ReadonlyMap<string, string>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const statuses = await statusesOf(system.databaseUrl, runs);
    const open = runs.filter((run) => [undefined, 'running'].includes(statuses.get(run)));
    if (open.length === 0) return statuses;
    if (performance.now() > deadline) {
      const first = open.slice(0, 5).map((run) => `${run}: ${statuses.get(run) ?? 'missing'}`);
      throw new Error(
        `Expected ${runs.length} runs to end within ${withinMs} ms, but ${open.length} have not: ${first.join(', ')}`,
      );
    }
    await sleep(pollMs);
  }
}
