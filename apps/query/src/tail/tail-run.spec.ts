import type { RunMoves } from '@millrace/postgres';
import type { RunView } from '@millrace/protocol';
import { ManualClock } from '@millrace/runtime/testing';
import { expect, it } from 'vitest';
import { tailRun } from './tail-run.js';

const at = '2026-01-01T00:00:00.000Z';
const page = (status: RunView['status']): RunMoves => ({
  run: { id: '0000a', partition: 0, status, requestedAt: at, pausedAt: null } as RunView,
  tasks: [],
  next: undefined,
  atMs: Date.parse(at),
  offset: 1n,
});

it('rests after a reading as long as that took, and never for what it waited', async () => {
  const clock = new ManualClock();
  const moves = async (): Promise<RunMoves> => {
    clock.advance(5);
    return page(clock.uptimeMs() - startedAt < 120_000 ? 'running' : 'succeeded');
  };
  // Nothing moves for a minute, each time.
  const followOffset = async (): Promise<boolean> => {
    clock.advance(60_000);
    return true;
  };
  const startedAt = clock.uptimeMs();
  const tail = tailRun({ model: { moves, followOffset }, clock, openMsMax: 3_600_000 }, page('running'), 0);
  await tail.next();
  await tail.next();
  let ended = false;
  const end = tail.next().then(({ value }) => {
    ended = true;
    return value as string;
  });
  for (let passedMs = 0; !ended && passedMs < 1_000; passedMs += 10) await clock.run(10);
  expect(ended).toBe(true);
  expect(await end).toContain('event: run.succeeded');
  expect(clock.uptimeMs() - startedAt).toBeLessThan(121_000);
});
