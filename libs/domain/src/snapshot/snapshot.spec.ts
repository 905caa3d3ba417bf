import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { foldFrame, PartitionState, planWorkflow, Run, type Json } from '../index.js';
import { rollHash } from '../partition/rolling-hash.js';
import * as given from '../testing/index.js';
import { givenPartition } from '../testing/index.js';
import { describeState, digestOf } from '../testing/digest-of.js';
import { RandomLog, type Draw } from '../testing/random-log.js';
import { RecordingSink } from '../testing/recording-sink.js';
import { captureState, partitionMembers } from './capture-state.js';
import { RestoringState } from './restore-state.js';
import { RareValues, RunTimes } from '../run/run-storage.js';
import { RunValues } from '../run/run-values.js';
import { runMembers } from './run-members.js';
import type { SnapshotPart } from './snapshot-part.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const number = fc.nat(1_000_000);
const draw: fc.Arbitrary<Draw> = fc.record({ move: fc.nat(22), a: number, b: number, c: number });
const draws = fc.array(draw, { minLength: 50, maxLength: 150, size: 'max' });

function play(moves: readonly Draw[]): RandomLog {
  const log = new RandomLog();
  for (const move of moves) log.play(move);
  return log;
}
/** As the parts come back from a topic. */
function restored(parts: Iterable<SnapshotPart>): PartitionState {
  const restoring = new RestoringState();
  for (const part of parts) restoring.add(JSON.parse(JSON.stringify(part)) as SnapshotPart);
  return restoring.done();
}
function foldAll(records: RandomLog['records'], from = 0, state = new PartitionState(), sink = new RecordingSink()) {
  for (let offset = from; offset < records.length; offset++) {
    const { frame, at } = records[offset]!;
    foldFrame(state, frame, offset, at, sink);
    state.hash = rollHash(state.hash, offset, frame.seq);
  }
  return { state, facts: sink.facts };
}
const membersOf = (object: object, but: readonly string[]): object =>
  Object.fromEntries(Object.entries(object).filter(([name, value]) => value !== undefined && !but.includes(name)));
const plain = (run: Run): object => ({
  ...Object.fromEntries(Object.keys(runMembers).map((name) => [name, plainMember(run[name as keyof Run])])),
  statuses: run.dag.tasks.map((_, task) => run.statusOf(task)),
  attempts: run.dag.tasks.map((_, task) => [run.attemptNumberOf(task), run.failuresOf(task)]),
  inFlight: [...run.inFlight.values()].map((attempt) => membersOf(attempt, ['run'])),
});
const plainMember = (member: unknown): unknown =>
  typeof member === 'object' && member !== null && Symbol.iterator in member ? [...(member as Iterable<Json>)] : member;

it('a snapshot at any point and the tail fold to the state, and tell the facts, of the whole log', () => {
  fc.assert(
    fc.property(draws, fc.nat(), (moves, chance) => {
      const { records } = play(moves);
      const cut = chance % (records.length + 1);
      const before = foldAll(records.slice(0, cut));
      const whole = foldAll(records);
      const tail = foldAll(records, cut, restored(captureState(before.state)));
      expect(describeState(tail.state)).toEqual(describeState(whole.state));
      expect([digestOf(tail.state), tail.state.hash]).toEqual([digestOf(whole.state), whole.state.hash]);
      expect(tail.facts).toEqual(whole.facts.slice(before.facts.length));
    }),
    { numRuns: 150 },
  );
});

it('restores every own member of the state, of its runs and of their attempts', () => {
  fc.assert(
    fc.property(draws, (moves) => {
      const { state } = play(moves);
      state.hash = 7;
      const again = restored(captureState(state));
      expect(Object.keys(again).sort()).toEqual(Object.keys(partitionMembers).sort());
      const values = Object.entries(partitionMembers).flatMap(([name, way]) => (way === 'value' ? [name] : []));
      for (const name of values) expect(again[name as 'epoch']).toEqual(state[name as 'epoch']);
      expect([...again.runs.values()].map(plain)).toEqual([...state.runs.values()].map(plain));
      expect([...again.workflows]).toEqual([...state.workflows]);
      expect(again.writers.forgottenInHour).toBe(state.writers.forgottenInHour);
      expect([again.ready.lastSeq, again.timers.lastSeq]).toEqual([state.ready.lastSeq, state.timers.lastSeq]);
    }),
    { numRuns: 40 },
  );
});

/** How `RunValues` keeps what its other members give. */
const storage = ['loneStatus', 'rare', 'times'];

it('names every own member of a run', () => {
  const run = givenPartition(given.singleRequested()).run();
  const told = [Run.prototype, RunValues.prototype].flatMap((type) =>
    Object.entries(Object.getOwnPropertyDescriptors(type)).filter(([, { get }]) => get !== undefined),
  );
  const names = [...Object.keys(run), ...told.map(([name]) => name)].filter((name) => !storage.includes(name));
  expect(names.sort()).toEqual(Object.keys(runMembers).sort());
  const kept = [new RareValues(1, undefined), new RunTimes()].flatMap((values) => Object.keys(values));
  const unnamed = kept.filter((name) => !Object.hasOwn(runMembers, name));
  expect(unnamed).toEqual(['loneAttempt', 'loneFailures']);
});

it('takes the state as it stood, whatever is folded while its parts are taken', () => {
  fc.assert(
    fc.property(draws, fc.nat(), (moves, chance) => {
      const { records } = play(moves);
      const cut = chance % (records.length + 1);
      const { state } = foldAll(records.slice(0, cut));
      const before = describeState(state);
      const parts = captureState(state);
      foldAll(records, cut, state);
      expect(describeState(restored(parts))).toEqual(before);
    }),
    { numRuns: 60 },
  );
});

it('cuts large runs, workflows and queues into parts of at most 1,000 entries', () => {
  const wide = given.workflow(
    Object.fromEntries([...Array.from({ length: 2_500 }, (_, index) => [`t${index}`, []]), ['end', ['t0', 't2499']]]),
  );
  const partition = givenPartition(...given.requested(wide));
  const parts = [...captureState(partition.state)];
  const count = (name: SnapshotPart['part']): number => parts.filter(({ part }) => part === name).length;
  expect([count('workflow'), count('run'), count('more'), count('ready')]).toEqual([3, 1, 2, 3]);
  const again = restored(parts);
  expect(digestOf(again)).toBe(digestOf(partition.state));
  expect([...again.workflows.values()]).toEqual([planWorkflow(wide)]);
});

it('keeps parts of versions that are not complete', () => {
  const { state } = givenPartition({
    ...given.pinned(given.workflow({ a: [] })),
    version: 'ab',
    part: 1,
    of: 3,
    body: 'x',
  });
  expect(describeState(restored(captureState(state)))).toEqual(describeState(state));
});

it('says where a snapshot lacks its beginning', () => {
  expect(() => restored([])).toThrow('Expected a snapshot to begin with its partition');
});

it('the rolling hash changes with bytes, offsets and order', () => {
  const hash = (...records: [number, number][]): number =>
    records.reduce((sum, [offset, crc]) => rollHash(sum, offset, crc), 0);
  const all = [
    hash(),
    hash([0, 5]),
    hash([0, 6]),
    hash([1, 5]),
    hash([2 ** 32, 5]),
    hash([0, 5], [1, 6]),
    hash([0, 6], [1, 5]),
  ];
  expect(new Set(all).size).toBe(all.length);
  for (const each of all) expect(Number.isInteger(each) && each >= 0 && each < 2 ** 32).toBe(true);
});
