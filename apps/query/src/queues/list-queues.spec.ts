import type { OwnedLine, WorkerView } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { listQueues } from './list-queues.js';

const since = 1_700_000_000_000;
const owners = (...all: readonly (readonly OwnedLine[])[]) =>
  new Map(
    all.map((lines, partition) => [
      partition,
      { owned: { partition, epoch: 1, position: 1, entries: 1, waiting: 0, pinned: [], lines } },
    ]),
  );
const worker = (queues: WorkerView['queues'], over: Partial<WorkerView> = {}): WorkerView => ({
  ...{ id: 'w', seenAt: new Date(since).toISOString(), slots: 1, busy: 0, handlers: [], held: 0, blockedMs: null },
  ...{ queues, draining: false, leaving: false, ...over },
});
const line = (over: Partial<OwnedLine>): OwnedLine => ({
  ...{ queue: 'default', band: 3, waiting: 0, dispatched: 0, running: 0, ...over },
});

it('adds up what owners say, by queue and band, with the oldest of all', () => {
  const said = owners(
    [line({ waiting: 2, since }), line({ band: 5, waiting: 1, since: since + 5, running: 3 })],
    [line({ waiting: 4, since: since - 5, dispatched: 1 })],
  );
  const { queues, partitions } = listQueues(said, []);
  expect(partitions).toBe(2);
  const oldestAt = new Date(since - 5).toISOString();
  expect(queues).toMatchObject([{ queue: 'default', waiting: 7, oldestAt, dispatched: 1, running: 3, workers: 0 }]);
  expect(queues[0]!.bands.map(({ band, waiting }) => [band, waiting])).toEqual([
    ...[['critical', 1], ['high', 0], ['normal', 6], ['low', 0], ['background', 0]], // prettier-ignore
  ]);
  expect(queues[0]!.bands[1]!.oldestAt).toBeNull();
});

it('counts workers that take work, and names queues that only they know', () => {
  const workers = [
    worker({ default: [1], etl: [] }),
    worker({ default: [2], slow: [0] }, { draining: true }),
    worker({ default: [3] }, { leaving: true }),
  ];
  const { queues } = listQueues(owners([line({ queue: 'unserved', waiting: 1, since })]), workers);
  expect(queues.map(({ queue, workers: count }) => [queue, count])).toEqual([
    ...[['default', 1], ['slow', 0], ['unserved', 0]], // prettier-ignore
  ]);
});

it('counts no worker for a queue that is named like a member of every object', () => {
  const { queues } = listQueues(owners([line({ queue: 'constructor', waiting: 1 })]), [worker({ default: [1] })]);
  expect(queues.map(({ queue, workers }) => [queue, workers])).toEqual([
    ['constructor', 0],
    ['default', 1],
  ]);
});
