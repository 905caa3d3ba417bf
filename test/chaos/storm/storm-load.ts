import { setTimeout as sleep } from 'node:timers/promises';
import { diamond } from '../../support/load.ts';
import type { TestSystem } from '../../support/local-system.ts';
import { Seeded } from './seeded.ts';

/** What the load sent, and what it was told. */
export interface StormLoad {
  /** Runs answered with 202: these must be there and end. */
  readonly acknowledged: readonly string[];
  /** Items that got another answer, or none: nobody knows of those. */
  readonly refused: number;
  readonly cancels: number;
}

const roundMs = 500;
const answerMsMax = 15_000;
const workflows = [
  diamond,
  {
    name: 'mixed-ends',
    tasks: [
      { id: 'fine', handler: 'nap' },
      { id: 'broken', handler: 'fail-always', retry: { failuresMax: 2, delayMs: 20 } },
      { id: 'slow', handler: 'nap', startToCloseMs: 5_000 },
      { id: 'either', handler: 'gather', dependsOn: ['fine', 'broken'], join: 'one_success' },
      { id: 'all', handler: 'gather', dependsOn: ['broken', 'slow'], join: 'all_done' },
    ],
  },
];

/** Registers what the load runs; tries on while it is refused. */
export async function registerWorkflows(system: TestSystem): Promise<void> {
  for (const workflow of workflows) {
    for (let tries = 0; ; tries++) {
      if ((await post(`${system.apiUrl}/v1/workflows`, workflow)) !== undefined) break;
      if (tries > 50) throw new Error(`Expected ${workflow.name} to be registered, but it was refused ${tries} times.`);
      await sleep(200);
    }
  }
}

/** One of each sort of item, as the seed mixes them: quick, slow, failing, claiming, timing out, delayed, DAGs. */
function drawItem(chance: Seeded): unknown {
  const kinds: readonly (() => unknown)[] = [
    () => ({ handler: 'noop' }),
    () => ({ handler: 'echo', input: { n: chance.between(0, 1_000) } }),
    () => ({ handler: 'nap', input: { ms: chance.between(0, 300) }, band: chance.between(1, 5) }),
    () => ({ handler: 'nap', input: { ms: chance.between(1_000, 8_000) } }),
    () => ({ handler: 'careful', input: { ms: chance.between(0, 2_000) } }),
    () => ({ handler: 'fail-first', retry: { delayMs: chance.between(10, 2_000) } }),
    () => ({ handler: 'fail-always', retry: { failuresMax: 2, delayMs: 50 } }),
    () => ({ handler: 'nap', input: { ms: 3_000 }, startToCloseMs: 300, retry: { failuresMax: 1 } }),
    () => ({ handler: 'noop', delayMs: chance.between(100, 5_000) }),
    () => ({ handler: 'nap', input: { ms: 2_000 }, scheduleToCloseMs: chance.between(500, 4_000) }),
    () => ({ workflow: 'diamond' }),
    () => ({ workflow: 'mixed-ends' }),
  ];
  return chance.pick(kinds)();
}

/** A bounded, steady load at every ingest in turn until `signal` ends it: some 20 items a second, and a cancel now and then. */
export async function stormLoad(system: TestSystem, seed: number, signal: AbortSignal): Promise<StormLoad> {
  const chance = new Seeded(seed ^ 0x5eed);
  const acknowledged: string[] = [];
  const pending = new Set<Promise<void>>();
  let [refused, cancels] = [0, 0];
  const send = (url: string, items: readonly unknown[]): Promise<void> =>
    post<{ items: readonly { run?: string }[] }>(`${url}/v1/bulk`, { items }).then((answer) => {
      const runs = answer?.items.flatMap(({ run }) => run ?? []) ?? [];
      acknowledged.push(...runs);
      refused += items.length - runs.length;
    });
  const cancel = (url: string, run: string): Promise<void> =>
    post(`${url}/v1/runs/${run}/cancel`, {}).then((answer) => void (cancels += answer === undefined ? 0 : 1));
  const later = (work: Promise<void>): void => {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  };
  for (let round = 0; !signal.aborted; round++) {
    const url = system.urls.ingest[round % system.urls.ingest.length]!;
    later(
      send(
        url,
        Array.from({ length: chance.between(6, 14) }, () => drawItem(chance)),
      ),
    );
    if (acknowledged.length > 0 && chance.next() < 0.5)
      later(cancel(url, acknowledged.at(-chance.between(1, Math.min(20, acknowledged.length)))!));
    await sleep(roundMs);
  }
  await Promise.all(pending);
  return { acknowledged, refused, cancels };
}

/** The answer's body, also where only some items were taken; undefined for a refusal or none. */
async function post<T>(url: string, body: unknown): Promise<T | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMsMax),
    });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
