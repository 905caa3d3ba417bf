import type { TaskRunView, WorkerHeartbeat } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { waitsFor, type WaitingRun } from './waits-for.js';
import { silentMs, staleMs, WorkerDirectory } from './worker-directory.js';

const now = 1_700_000_000_000;
const heartbeat = (changes: Partial<WorkerHeartbeat> = {}): WorkerHeartbeat => ({
  ...{ v: 1, kind: 'worker', id: 'w1', at: now, slots: 10, busy: 1, handlers: ['load'] },
  ...{ queues: { default: [0, 1] }, credits: [5], deliveries: [] },
  ...changes,
});
const task = { handler: 'load', queue: 'default', status: 'queued', attempt: 1, worker: 'w1' } as TaskRunView;
const run: WaitingRun = { id: `0000${'a'.repeat(32)}`, status: 'running', pausedAt: null };
const reasonOf = (directory: WorkerDirectory, changes: Partial<TaskRunView> = {}, at = now, of = run) =>
  waitsFor({ ...task, ...changes }, of, directory, at)?.reason;

function directoryOf(...heartbeats: WorkerHeartbeat[]): WorkerDirectory {
  const directory = new WorkerDirectory();
  for (const each of heartbeats) directory.hear(each, now, now);
  directory.reachedEnd(now);
  return directory;
}

it('names what a queued task run waits for: a worker that serves its handler and queue, room there, or its turn', () => {
  expect(reasonOf(directoryOf())).toBe('no-worker-serves-handler');
  expect(reasonOf(directoryOf(heartbeat()))).toBe('decision');
  const delivery = { run: run.id, task: 7, attempt: 1, epoch: 1, state: 'running' } as const;
  const full = heartbeat({ credits: [1], deliveries: [delivery] });
  expect(reasonOf(directoryOf(full))).toBe('no-credit');
  expect(reasonOf(directoryOf(full, heartbeat({ id: 'w2' })))).toBe('decision');
  expect(reasonOf(directoryOf(full), {}, now, { ...run, id: `0001${'a'.repeat(32)}` })).toBe('no-credit');
  expect(reasonOf(directoryOf(heartbeat({ credits: [1], deliveries: [{ ...delivery, state: 'ended' }] })))).toBe(
    'decision',
  );
  expect(reasonOf(directoryOf(heartbeat({ drains: true })))).toBe('no-credit');
  expect(reasonOf(directoryOf(heartbeat({ handlers: ['extract'] })))).toBe('no-worker-serves-handler');
  expect(reasonOf(directoryOf(heartbeat({ queues: { slow: [0] } })))).toBe('no-worker-serves-handler');
  expect(reasonOf(directoryOf(heartbeat({ leaving: true })))).toBe('no-worker-serves-handler');
});

it('says of what is queued in a paused run that it is paused, and no more', () => {
  const paused = { ...run, pausedAt: '2026-11-25T00:00:00.000Z' };
  const reason = (status: TaskRunView['status']) => reasonOf(directoryOf(), { status }, now, paused);
  expect([reason('queued'), reason('running'), reason('backing_off')]).toEqual(['paused', 'handler', 'back-off']);
});

it('does not guess while the heartbeats cannot be read', () => {
  expect(reasonOf(new WorkerDirectory())).toBe('workers-unknown');
  expect(reasonOf(directoryOf(heartbeat()), {}, now + staleMs + 1)).toBe('workers-unknown');
});

it('names what other task runs wait for, and nothing for one that has ended', () => {
  const directory = directoryOf(heartbeat());
  expect(reasonOf(directory, { status: 'pending' })).toBe('parents');
  expect(reasonOf(directory, { status: 'scheduled' })).toBe('time');
  expect(reasonOf(directory, { status: 'backing_off' })).toBe('back-off');
  expect(reasonOf(directory, { status: 'dispatched' })).toBe('start');
  expect(reasonOf(directory, { status: 'running' })).toBe('handler');
  expect(reasonOf(directory, { status: 'succeeded' })).toBeUndefined();
});

it('says of what is left of a large run that has ended that sweeps end it', () => {
  const cancelled: WaitingRun = { ...run, status: 'cancelled' };
  const reason = (status: TaskRunView['status']) => reasonOf(directoryOf(), { status }, now, cancelled);
  expect([reason('pending'), reason('queued'), reason('cancelled')]).toEqual(['sweep', 'sweep', undefined]);
});

it('lists workers by their last heartbeat until they are silent, and who serves what', () => {
  const directory = directoryOf(
    heartbeat({ busy: 9 }),
    heartbeat(),
    heartbeat({ id: 'w2', handlers: ['extract', 'load'] }),
  );
  const { workers, handlers, stale } = directory.list(now);
  expect(workers.map(({ id, busy }) => [id, busy])).toEqual([
    ['w1', 1],
    ['w2', 1],
  ]);
  expect(handlers).toEqual([
    { handler: 'extract', workers: ['w2'] },
    { handler: 'load', workers: ['w1', 'w2'] },
  ]);
  expect(stale).toBe(false);
  expect(directory.list(now + silentMs + 1)).toMatchObject({ workers: [], handlers: [], stale: true });
});

it('tells the lag of a partition from what its owner said last', () => {
  const directory = new WorkerDirectory();
  const owned = { partition: 3, epoch: 1, position: 50, entries: 80, waiting: 0, pinned: [] };
  directory.hear({ v: 1, kind: 'dispatcher', id: 'd', at: now, knows: 1, partitions: [owned] }, now, now);
  expect(directory.lag(3, '42', now)).toEqual({ ownerOffset: '50', lag: '8' });
  expect(directory.lag(3, '51', now)).toEqual({ ownerOffset: '50', lag: '0' });
  expect(directory.lag(3, '42', now + silentMs + 1)).toEqual({ ownerOffset: null, lag: null });
  expect(directory.lag(4, '42', now)).toEqual({ ownerOffset: null, lag: null });
});
