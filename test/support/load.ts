import { setTimeout as sleep } from 'node:timers/promises';
import type { TestSystem } from './local-system.ts';

/** Runs that were acknowledged with 202, and how many requests got another answer or none. */
export interface Load {
  readonly acknowledged: readonly string[];
  readonly refused: number;
}

export const diamond = {
  name: 'diamond',
  tasks: [
    { id: 'top', handler: 'echo' },
    { id: 'left', handler: 'nap', dependsOn: ['top'] },
    { id: 'right', handler: 'fail-first', dependsOn: ['top'], retry: { delayMs: 50 } },
    { id: 'bottom', handler: 'gather', dependsOn: ['left', 'right'] },
  ],
};

const roundMs = 50;
/** Singles in a round; every round also submits two diamonds. */
const singles = 10;

export async function registerDiamond(system: TestSystem): Promise<void> {
  const answer = await post(`${system.apiUrl}/v1/workflows`, diamond);
  if (answer === undefined) throw new Error('Expected the diamond to be registered, but it was refused.');
}

/**
 * Submits single tasks and diamonds for `forMs`, at every ingest in turn, and calls `during` a third of the way in. A refused
 * request is not repeated: only what was acknowledged counts.
 */
export async function loadFor(system: TestSystem, forMs: number, during: () => Promise<void> | void): Promise<Load> {
  const acknowledged: string[] = [];
  let refused = 0;
  const note = (runs: readonly string[] | undefined): void => {
    if (runs === undefined) refused += 1;
    else acknowledged.push(...runs);
  };
  const pending: Promise<void>[] = [];
  const rounds = Math.ceil(forMs / roundMs);
  for (let round = 0; round < rounds; round++) {
    const url = system.urls.ingest[round % system.urls.ingest.length]!;
    if (round === Math.floor(rounds / 3)) pending.push(Promise.resolve(during()));
    pending.push(submitRound(url).then(note));
    await sleep(roundMs);
  }
  await Promise.all(pending);
  return { acknowledged, refused };
}

async function submitRound(url: string): Promise<readonly string[] | undefined> {
  const items = [
    ...Array.from({ length: singles }, (_, index) => ({ handler: 'nap', input: { ms: index } })),
    { workflow: 'diamond', input: { from: 'load' } },
    { workflow: 'diamond' },
  ];
  const answer = await post<{ items: readonly { run?: string }[] }>(`${url}/v1/bulk`, { items });
  return answer?.items.flatMap(({ run }) => run ?? []);
}

/** The answer's body, or undefined for anything but 2xx. */
export async function post<T>(url: string, body: unknown): Promise<T | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
