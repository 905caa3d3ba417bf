import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  captureState,
  entryCount,
  foldFrame,
  mayMove,
  PartitionState,
  RestoringState,
  silent,
  type EventType,
  type SnapshotPart,
} from '../index.js';
import { comeToRest } from './come-to-rest.js';
import { describeState, digestOf } from './digest-of.js';
import { RandomLog, type Draw } from './random-log.js';
import { recount } from './recount.js';
import { RecordingSink, type Fact } from './recording-sink.js';
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

  it('keeps whatever it counts and lists equal to what its task runs say, after every record', () => {
    fc.assert(
      fc.property(draws, (moves) => {
        const log = new RandomLog();
        for (const move of moves) {
          log.play(move);
          expect([move, recount(log.state)]).toEqual([move, []]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('comes to rest from wherever it stands: every run ends, and no decision is rejected', () => {
    fc.assert(
      fc.property(draws, (moves) => {
        const sink = new RecordingSink();
        const { state } = play(moves, sink);
        comeToRest(state, sink);
        expect(recount(state)).toEqual([]);
        const count = (name: Fact['fact']) => sink.facts.filter(({ fact }) => fact === name).length;
        expect(count('ended')).toBe(count('born'));
      }),
      { numRuns: 60 },
    );
  });
});

it('a log with runs of more than 10,000 task runs is sound after every record, goes on from a snapshot as without, and comes to rest', () => {
  for (const moves of fc.sample(draws, { numRuns: 3, seed: 17 })) {
    const sink = new RecordingSink();
    const log = new RandomLog(sink, 'wide');
    const cuts: { readonly state: PartitionState; readonly facts: number; readonly from: number }[] = [];
    for (const [index, move] of moves.slice(0, 80).entries()) {
      if (index % 33 === 20) {
        const restoring = new RestoringState();
        for (const part of captureState(log.state)) restoring.add(JSON.parse(JSON.stringify(part)) as SnapshotPart);
        cuts.push({ state: restoring.done(), facts: sink.facts.length, from: log.records.length });
      }
      log.play(move);
      if (index % 8 === 0) expect([move, recount(log.state)]).toEqual([move, []]);
    }
    for (const { state, facts, from } of cuts) {
      const heard = new RecordingSink();
      log.records.slice(from).forEach(({ frame, at }, index) => foldFrame(state, frame, from + index, at, heard));
      expect(digestOf(state)).toBe(digestOf(log.state));
      expect(heard.facts.length).toBe(sink.facts.length - facts);
    }
    comeToRest(log.state, sink);
  }
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
