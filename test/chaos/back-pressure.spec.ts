import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, until } from '../support/ask.js';
import { whenEnded } from '../support/ended.js';
import { freeze } from '../support/freeze.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const bulk = { items: Array(200).fill({ handler: 'noop' }) };

let system: TestSystem;
beforeAll(async () => {
  system = await startLocalSystem({
    handlers,
    partitions: 2,
    replicas: { ingest: 2, dispatcher: 1, projector: 1, query: 1, worker: 1 },
    env: { MILLRACE_INGEST_LAG_EVENTS_MAX: '5000' },
  });
  // A projector that nobody has heard yet cannot be behind.
  await until('a heartbeat of the projector of each partition', async () => {
    const { partitions } = (await ask(`${system.apiUrl}/v1/partitions`)).body;
    return partitions.every(({ projector }: { projector: unknown }) => projector !== null) || undefined;
  });
});
afterAll(() => system?.stop());

it.each(['projector', 'dispatcher'] as const)(
  'refuses submits with 429 while a %s is frozen and too much waits for it, takes cancels, and goes on by itself',
  async (kind) => {
    const runs: string[] = [];
    const submit = async (url: string): Promise<number> => {
      const { status, body } = await ask(`${url}/v1/bulk`, bulk);
      if (status === 202) runs.push(...body.items.map(({ run }: { run: string }) => run));
      return status;
    };
    const wake = freeze(system.pidsOf(kind)[0]!);
    try {
      for (const url of system.urls.ingest) {
        await until(`429 of ${url}`, async () => (await submit(url)) === 429 || undefined, 60_000);
        // The load was faster than the other one could fold, too.
        const answer = await until(`${kind}-behind`, async () => {
          const said = await ask(`${url}/v1/tasks`, { handler: 'noop' });
          return said.body.code === `${kind}-behind` ? said : undefined;
        });
        expect([answer.status, answer.retryAfter]).toEqual([429, '5']);
        // A run that ended before is told so; it is never refused for being behind.
        expect([202, 409]).toContain((await ask(`${url}/v1/runs/${runs.at(-1)}/cancel`, {})).status);
      }
    } finally {
      wake();
    }
    for (const url of system.urls.ingest)
      await until(`202 of ${url}`, async () => (await submit(url)) === 202 || undefined);
    const statuses = await whenEnded(system, runs);
    expect([...statuses.values()].every((status) => status === 'succeeded' || status === 'cancelled')).toBe(true);
  },
);
