import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { bandName, bandsHighestFirst, type Band } from '../band.js';
import type { PartitionState } from '../partition/partition-state.js';
import * as given from '../testing/index.js';
import { givenPartition, RecordingSink } from '../testing/index.js';
import { RandomLog } from '../testing/random-log.js';
import { foldFrame } from '../fold/fold.js';
import { chooseNext } from './choose-next.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const run = given.runNamed;
const banded = (number: number, band: Band, handler = 'work', queue = 'default') =>
  given.singleRequested({ band, handler, queue }, { run: run(number) });
const chosen = (state: PartitionState, entriesMax = 100) =>
  chooseNext(state, entriesMax)?.entries.map((entry) => [entry.run, entry.worker]);

describe('what runs next', () => {
  it('is the highest band first, then what was queued first', () => {
    const { state } = givenPartition(banded(1, 3), banded(2, 1), banded(3, 5), banded(4, 3), banded(5, 4));
    expect(chosen(state)?.map(([id]) => id)).toEqual([3, 5, 1, 4, 2].map(run));
  });

  it('goes by the order of queueing over all handlers of a band', () => {
    const { state } = givenPartition(
      given.workersSeen({ handlers: ['work', 'other'] }),
      banded(1, 3),
      banded(2, 3, 'other'),
      banded(3, 3),
    );
    expect(chosen(state)?.map(([id]) => id)).toEqual([1, 2, 3].map(run));
  });

  it('goes to the worker with the most free credit', () => {
    const { state } = givenPartition(
      given.workersSeen({ credits: 2 }, { worker: 'worker-2', credits: 3 }),
      ...[1, 2, 3, 4, 5, 6].map((number) => banded(number, 3)),
    );
    const workers = chosen(state)!.map(([, worker]) => worker);
    expect(workers).toEqual(['worker-2', 'worker-1', 'worker-2', 'worker-1', 'worker-2']);
  });

  it('is held up by nothing that no worker serves, or whose queue no worker holds', () => {
    const { state } = givenPartition(
      given.workersSeen({ queues: { default: [0], other: [] } }),
      banded(1, 5, 'unserved'),
      banded(2, 5, 'work', 'other'),
      banded(3, 5, 'work', 'constructor'),
      banded(4, 1),
    );
    expect(chosen(state)?.map(([id]) => id)).toEqual([run(4)]);
  });

  it('is nothing where nothing waits, no credit is left, or the workers are only known by their claims', () => {
    expect(chooseNext(givenPartition().state, 10)).toBeUndefined();
    expect(chooseNext(givenPartition(given.workersSeen({ credits: 0 }), banded(1, 3)).state, 10)).toBeUndefined();
    const claimedOnly = givenPartition(
      banded(1, 3),
      given.dispatched(given.single),
      given.started(given.single, { worker: 'worker-2', nonce: 'n' }),
      given.workerLost(),
      banded(2, 3),
    );
    expect(chooseNext(claimedOnly.state, 10)).toBeUndefined();
  });

  it('is a whole event: epoch, basis, partition held by the worker, and a reason that can be read', () => {
    const { state } = givenPartition(given.workersSeen({ queues: { default: [4, 7] } }), banded(1, 5), banded(2, 3));
    const event = chooseNext(state, 2)!;
    expect(event).toMatchObject({
      epoch: 1,
      basis: state.position,
      reason: '1 critical, 1 normal of 2 waiting; most free credit',
    });
    expect(event.entries.every(({ to, attempt }) => [4, 7].includes(to) && attempt === 1)).toBe(true);
  });

  it('is at most as much as asked for', () => {
    const { state } = givenPartition(...[1, 2, 3].map((number) => banded(number, 3)));
    expect(chosen(state, 2)).toHaveLength(2);
  });
});

describe('on any state', () => {
  const number = fc.nat(1_000_000);
  const draws = fc.array(fc.record({ move: fc.nat(22), a: number, b: number, c: number }), { minLength: 20, maxLength: 80, size: 'max' }); // prettier-ignore
  const anyState = draws.map((moves) => {
    const log = new RandomLog();
    for (const move of moves) log.play(move);
    return log.state;
  });
  const credits = (state: PartitionState) =>
    new Map(
      [...state.workers.all()].map(({ id, seen, inFlight }) => [id, Math.max(0, (seen?.credits ?? 0) - inFlight.size)]),
    );

  it('every entry is accepted when it is folded at once, and no credit is overshot', () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 1, max: 40 }), (state, entriesMax) => {
        const event = chooseNext(state, entriesMax);
        if (event === undefined) return;
        const free = credits(state);
        for (const { worker } of event.entries) free.set(worker, free.get(worker)! - 1);
        expect(Math.min(...free.values())).toBeGreaterThanOrEqual(0);
        const sink = new RecordingSink();
        const frame = { by: 'owner', seq: 1, now: state.time, items: [event] };
        foldFrame(state, frame, state.position, state.time, sink);
        expect(sink.facts.filter(({ fact }) => fact === 'rejection')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('nothing of a higher band is passed over while a worker that serves it is free', () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 1, max: 10 }), (state, entriesMax) => {
        const event = chooseNext(state, entriesMax);
        const taken = new Set(event?.entries.map(({ run: id, task }) => `${id}/${task}`));
        const free = credits(state);
        for (const { worker } of event?.entries ?? []) free.set(worker, free.get(worker)! - 1);
        const lowest = Math.min(
          ...(event?.entries ?? []).map((entry) => state.runs.get(entry.run)!.bandOf(entry.task)),
          6,
        );
        if ((event?.entries.length ?? 0) === entriesMax) return;
        for (const band of bandsHighestFirst.filter((one) => event === undefined || one >= lowest)) {
          for (const ring of state.ready.rings(band)) {
            for (const entry of ring.waiting()) {
              if (taken.has(`${entry.run.id}/${entry.task}`)) continue;
              const serves = [...state.workers.all()].filter(
                ({ id, seen }) =>
                  free.get(id)! > 0 && seen?.handlers.includes(ring.handler) && seen.queues[ring.queue]?.length,
              );
              expect(serves, bandName(band)).toEqual([]);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
