import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Band } from '../band.js';
import type { Event } from '../event/event.js';
import type { PartitionState } from '../partition/partition-state.js';
import * as given from '../testing/index.js';
import { givenPartition, RecordingSink } from '../testing/index.js';
import { passedOver } from '../testing/passed-over.js';
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

let seq = 0;
const fold = (state: PartitionState, event: Event, sink = new RecordingSink()): void =>
  foldFrame(state, { by: 'decider', seq: ++seq, now: state.time, items: [event] }, state.position, state.time, sink);
const many = (from: number, count: number, band: Band) =>
  Array.from({ length: count }, (_, index) => banded(from + index, band));
const bandsOf = (state: PartitionState, entriesMax: number) =>
  chooseNext(state, entriesMax)?.entries.map((entry) => state.runs.get(entry.run)!.bandOf(entry.task)) ?? [];

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

describe('waiting', () => {
  it('lifts normal to critical after 5 s and low after 8 s, in the order of queueing', () => {
    const partition = givenPartition(banded(1, 2), banded(2, 3), banded(3, 4));
    const order = (): unknown => chosen(partition.state)?.map(([id]) => id);
    partition.after(4_999).when(banded(4, 4));
    expect(order()).toEqual([3, 4, 2, 1].map(run));
    partition.after(1).when(banded(5, 4));
    expect(order()).toEqual([2, 3, 4, 5, 1].map(run));
    partition.after(3_000).when(banded(6, 4));
    expect(order()).toEqual([1, 2, 3, 4, 5, 6].map(run));
  });

  it('is told in the reason, and goes by another table where one is given', () => {
    const partition = givenPartition(banded(1, 3)).after(5_000).when(banded(2, 5));
    expect(chooseNext(partition.state, 1)?.reason).toBe('1 normal of 2 waiting, 1 promoted; most free credit');
    expect(chooseNext(partition.state, 1, {})?.reason).toBe('1 critical of 2 waiting; most free credit');
  });

  it('begins anew when a task run is queued again', () => {
    const partition = givenPartition(banded(1, 3), given.dispatched(given.single)).after(4_000);
    partition.when(given.returned(given.single), banded(2, 4)).after(4_000).when(banded(3, 1));
    expect(chosen(partition.state)?.map(([id]) => id)).toEqual([2, 1, 3].map(run));
  });
});

describe('the share of a band', () => {
  const seen = (credits: number) => given.workersSeen({ credits });

  it('is kept under a flood of critical: of 32, high gets 4, normal 2, low and background 1 each', () => {
    const floods = ([5, 4, 3, 2, 1] as Band[]).flatMap((band, index) => many(1 + 1_000 * index, 400, band));
    const { state } = givenPartition(seen(400), ...floods);
    const bands = bandsOf(state, 330);
    expect([4, 3, 2, 1].map((band) => bands.filter((each) => each === band).length)).toEqual([41, 20, 10, 10]);
    expect(chooseNext(state, 32)?.reason).toContain('28 critical, 3 high, 1 normal of 2000 waiting, 4 by share;');
  });

  it('is kept for critical under a flood that has waited longer', () => {
    const partition = givenPartition(seen(400), ...many(1, 400, 3))
      .after(10_000)
      .when(...many(1_001, 400, 5));
    expect(bandsOf(partition.state, 100).filter((band) => band === 5)).toHaveLength(50);
  });

  it('is counted over decisions of one task each, as the log tells them', () => {
    const partition = givenPartition(seen(400), ...many(1, 200, 5), ...many(1_001, 10, 1));
    const bands: Band[] = [];
    for (let turn = 0; turn < 129; turn++) {
      bands.push(...bandsOf(partition.state, 1));
      partition.when(chooseNext(partition.state, 1)!);
    }
    expect(bands.filter((band) => band === 1)).toHaveLength(4);
  });

  it('lets nothing wait for ever, whatever is queued above it', () => {
    const partition = givenPartition(given.workersSeen({ credits: 1 }), ...many(1, 3, 1), ...many(101, 3, 2));
    const waits = [1, 2, 3, 101, 102, 103].map(run);
    let turns = 0;
    for (; waits.some((id) => partition.state.runs.has(id)); turns++) {
      expect(turns).toBeLessThan(32 * 6);
      partition.when(banded(10_000 + turns, 5));
      const decision = chooseNext(partition.state, 1)!;
      const { run: id, task, attempt } = decision.entries[0]!;
      partition.when(decision, given.finished({ run: id, task }, { attempt }));
    }
  });

  it('is a queue of its own business', () => {
    const queues = { default: [0], other: [0] };
    const { state } = givenPartition(
      given.workersSeen({ queues, credits: 400 }),
      ...many(1, 200, 5),
      banded(1_001, 1, 'work', 'other'),
      banded(1_002, 1),
    );
    const order = chosen(state)!.map(([id]) => id);
    expect(order.indexOf(run(1_001))).toBe(-1);
    expect(order.indexOf(run(1_002))).toBe(32);
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
        fold(state, event, sink);
        expect(sink.facts.filter(({ fact }) => fact === 'rejection')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('nothing of a strictly higher effective band is passed over beyond the share of its band', () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 1, max: 40 }), (state, entriesMax) => {
        const event = chooseNext(state, entriesMax);
        expect(passedOver(state, event?.entries ?? [], (event?.entries.length ?? 0) < entriesMax)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('the fold owes the bands what the decision counted on', () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 1, max: 8 }), (state, entriesMax) => {
        const event = chooseNext(state, 2 * entriesMax);
        for (let part = 0; part < 2; part++) {
          const next = chooseNext(state, entriesMax);
          expect(next?.entries).toEqual(sliced(event?.entries, part * entriesMax, entriesMax));
          if (next === undefined) return;
          fold(state, next);
        }
      }),
      { numRuns: 100 },
    );
  });
});

const sliced = <T>(all: readonly T[] = [], from: number, count: number): T[] | undefined => {
  const slice = all.slice(from, from + count);
  return slice.length > 0 ? slice : undefined;
};
