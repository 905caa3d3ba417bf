import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fact } from '@millrace/domain/testing';
import { ask, until } from '../support/ask.js';
import { statusesOf, whenEnded } from '../support/ended.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';
import { foldLogs } from './storm/folded-logs.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const waitsMs = [3_000, 3_500, 4_000, 4_500, 5_000, 5_500, 6_000, 8_000];
const kinds = ['due', 'retry-due', 'schedule-to-start', 'schedule-to-close', 'run'] as const;
type Kind = (typeof kinds)[number];

let system: TestSystem;
beforeAll(async () => {
  system = await startLocalSystem({ handlers, partitions: 2 });
  const tasks = [{ id: 'only', handler: 'served-by-nobody' }];
  expect((await ask(`${system.apiUrl}/v1/workflows`, { name: 'endless', tasks })).status).toBe(201);
});
afterAll(() => system?.stop());

/** A request whose timer comes due that long after it began to wait. */
const requests: Readonly<Record<Kind, (ms: number) => object>> = {
  due: (ms) => ({ handler: 'noop', delayMs: ms }),
  'retry-due': (ms) => ({ handler: 'fail-first', retry: { policy: 'fixed', delayMs: ms } }),
  'schedule-to-start': (ms) => ({ handler: 'served-by-nobody', scheduleToStartMs: ms }),
  'schedule-to-close': (ms) => ({ handler: 'served-by-nobody', scheduleToCloseMs: ms }),
  run: (ms) => ({ workflow: 'endless', scheduleToCloseMs: ms }),
};

type Transition = Extract<Fact, { fact: 'transition' }>;
/** What a timer of that kind does. */
const isFiring = (kind: Kind, { to, move }: Transition): boolean =>
  kind === 'due' || kind === 'retry-due'
    ? to === 'queued' && move.reason === kind
    : to === 'timed_out' || to === 'cancelled';
/** From when the timer counts. */
const isWait = (kind: Kind, { to }: Transition): boolean =>
  to ===
  {
    due: 'scheduled',
    'retry-due': 'backing_off',
    'schedule-to-start': 'queued',
    'schedule-to-close': 'queued',
    run: 'queued',
  }[kind];

it('fires every timer once and none early, when both dispatchers are killed around the times that they are due', async () => {
  const asked = waitsMs.flatMap((ms) => kinds.map((kind) => ({ kind, ms })));
  const items = asked.map(({ kind, ms }) => requests[kind](ms));
  const { status, body } = await ask(`${system.apiUrl}/v1/bulk`, { items });
  expect(status).toBe(202);
  const runs = body.items.map(({ run }: { run: string }) => run) as string[];

  const killBoth = () => [0, 1].map((index) => system.kill('dispatcher', index));
  const backingOff = runs.filter((_, index) => asked[index]!.kind === 'retry-due');
  await until('first attempts to fail', async () => {
    const shown = await Promise.all(backingOff.map((run) => ask(`${system.apiUrl}/v1/runs/${run}`)));
    return shown.every(({ body: { tasks } }) => tasks?.[0]?.status === 'backing_off') || undefined;
  });
  expect(killBoth()).toEqual([true, true]);
  await until('the first to fire', async () => {
    const shown = await statusesOf(system.databaseUrl, runs);
    return [...shown.values()].some((each) => each !== 'running') || undefined;
  });
  expect(killBoth()).toContain(true);
  await whenEnded(system, runs);

  const facts = (await foldLogs(system)).flatMap((log) => log.facts.flat());
  for (const [index, run] of runs.entries()) {
    const { kind, ms } = asked[index]!;
    const moves = facts.filter((fact) => fact.fact === 'transition' && fact.run === run) as Transition[];
    const fired = moves.filter((move) => isFiring(kind, move));
    expect([kind, ms, fired.length]).toEqual([kind, ms, 1]);
    const since = moves.find((move) => isWait(kind, move))!.move.at!;
    expect(fired[0]!.move.at! - since, `${kind} after ${ms} ms`).toBeGreaterThanOrEqual(ms);
  }
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
