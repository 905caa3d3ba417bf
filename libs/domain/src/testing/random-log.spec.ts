import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  bandsHighestFirst,
  entryCount,
  foldFrame,
  isLive,
  isTerminal,
  mayMove,
  PartitionState,
  silent,
  type EventType,
} from '../index.js';
import { describeState, digestOf } from './digest-of.js';
import { RandomLog, type Draw } from './random-log.js';
import { RecordingSink } from './recording-sink.js';
import { edgeCauses, type Edge } from './state-diagram.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const number = fc.nat(1_000_000);
const draw: fc.Arbitrary<Draw> = fc.record({ move: fc.nat(22), a: number, b: number, c: number });
const draws = fc.array(draw, { minLength: 50, maxLength: 150, size: 'max' });

function play(moves: readonly Draw[], sink = new RecordingSink()): RandomLog {
  const log = new RandomLog(sink);
  for (const move of moves) log.play(move);
  return log;
}

describe('a random log of good, bad and repeated events', () => {
  it('moves task runs along edges of the table only, and each from where it stands', () => {
    fc.assert(
      fc.property(draws, (moves) => {
        const sink = new RecordingSink();
        play(moves, sink);
        const standing = new Map<string, string>();
        for (const fact of sink.facts) {
          if (fact.fact !== 'transition') continue;
          const key = `${fact.run}/${fact.task}`;
          expect(mayMove(fact.from, fact.to)).toBe(true);
          if (!standing.has(key) || fact.from === 'pending') expect(fact.from).toBe('pending');
          else expect(fact.from).toBe(standing.get(key));
          standing.set(key, fact.to);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is accounted for: entries = accepted + rejected + quarantined', () => {
    fc.assert(
      fc.property(draws, (moves) => {
        const { state, records } = play(moves);
        const entries = records.flatMap(({ frame }) => frame.items).reduce((sum, item) => sum + entryCount(item), 0);
        expect(state.accepted + state.rejected + state.quarantined).toBe(entries);
      }),
      { numRuns: 60 },
    );
  });

  it('folds to the same state and tells the same facts when it is read again', () => {
    fc.assert(
      fc.property(draws, (moves) => {
        const first = new RecordingSink();
        const { state, records } = play(moves, first);
        const [again, heard] = [new PartitionState(), new RecordingSink()];
        records.forEach(({ frame, at }, offset) => foldFrame(again, structuredClone(frame), offset, at, heard));
        expect(describeState(again)).toEqual(describeState(state));
        expect(digestOf(again)).toBe(digestOf(state));
        expect(heard.facts).toEqual(first.facts);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps its counters equal to what they count', () => {
    fc.assert(
      fc.property(draws, (moves) => {
        const { state } = play(moves);
        let queued = 0;
        let flying = 0;
        for (const run of state.runs.values()) {
          const statuses = run.dag.tasks.map((_, task) => run.statusOf(task));
          expect(run.open).toBe(statuses.filter((status) => !isTerminal(status)).length);
          expect([...run.inFlight.keys()].sort()).toEqual(
            statuses.flatMap((status, task) => (status === 'dispatched' || status === 'running' ? [task] : [])).sort(),
          );
          expect(
            [...run.dueAt.keys()].every((task) => statuses[task] === 'backing_off' || statuses[task] === 'scheduled'),
          ).toBe(true);
          const waits = (task: number) => statuses[task] === 'queued' || statuses[task] === 'dispatched';
          const isOpen = (task: number) =>
            !isTerminal(statuses[task]!) && !['pending', 'scheduled'].includes(statuses[task]!);
          const holding = (has: (task: number) => boolean, timed: (task: number) => number | undefined) =>
            statuses.flatMap((_, task) => (has(task) && timed(task) !== undefined ? [task] : []));
          expect([...run.startBy.keys()].sort()).toEqual(holding(waits, (task) => run.task(task).scheduleToStartMs));
          expect([...run.closeBy.keys()].sort()).toEqual(holding(isOpen, (task) => run.task(task).scheduleToCloseMs));
          expect(run.open).toBeGreaterThan(0);
          queued += statuses.filter((status) => status === 'queued').length;
          flying += run.inFlight.size;
        }
        const held = [...state.workers.all()].reduce((sum, { inFlight }) => sum + inFlight.size, 0);
        const aside = [...state.ready.paused.entries()].filter(isLive).length;
        expect([state.ready.waiting + aside, held]).toEqual([queued, flying]);
        for (const [run] of state.ready.paused.all()) expect(state.runs.get(run.id)).toBe(run);
        for (const ring of bandsHighestFirst.flatMap((band) => [...state.ready.rings(band)])) {
          const waiting = [...ring.waiting()];
          expect(waiting.map(({ seq }) => seq)).toEqual(
            waiting.map(({ seq }) => seq).sort((one, other) => one - other),
          );
          expect([waiting.length, waiting.some(({ run }) => state.ready.paused.has(run))]).toEqual([ring.live, false]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

it('takes every edge by the events that docs/state-machine.md names, and by no other', () => {
  const found = new Set<string>();
  const sink = new RecordingSink();
  for (const moves of fc.sample(draws, { numRuns: 1_500, seed: 3 })) {
    play(moves, sink);
    let cause: EventType | undefined;
    for (const fact of sink.take()) {
      if (fact.fact === 'accepted') cause = fact.type;
      if (fact.fact === 'transition') found.add(`${fact.from} -> ${fact.to} by ${cause}`);
    }
  }
  const named = Object.entries(edgeCauses).flatMap(([edge, causes]) =>
    causes.map(({ event }) => `${edge as Edge} by ${event}`),
  );
  expect([...found].sort()).toEqual([...new Set(named)].sort());
});

it('says nothing to a silent sink and folds alike', () => {
  const moves = fc.sample(draws, { numRuns: 1, seed: 7 })[0]!;
  const silentLog = new RandomLog(silent);
  for (const move of moves) silentLog.play(move);
  expect(digestOf(silentLog.state)).toBe(digestOf(play(moves).state));
});
