import { describe, expect, it } from 'vitest';
import { PartitionState } from '../partition/partition-state.js';
import * as given from '../testing/index.js';
import { frame, givenLog, givenPartition, quarantine, rejection, transition } from '../testing/index.js';
import { pinnedVersions } from './workflow-pinned.js';
import { silent } from './fold-sink.js';
import { foldFrame, writerLeapMsMax } from './fold.js';

const { single, epochStart } = given;
const bad = { type: 'unreadable', cause: 'bad-field', detail: '' } as const;
const dayMs = 24 * 60 * 60 * 1_000;

describe('a partition', () => {
  it('takes nothing before it is born, and is born once', () => {
    givenLog()
      .when(given.claimed(), given.born(), given.born({ nonce: 'again' }), given.claimed())
      .then(rejection('not-born'), rejection('already-born'))
      .thenState((state) => expect([state.birth?.nonce, state.rules, state.epoch]).toEqual(['born', 1, 1]));
  });

  it('belongs to the first claim of an epoch in log order', () => {
    givenLog(given.born())
      .when(given.claimed({ nonce: 'a' }), given.claimed({ nonce: 'b' }), given.claimed({ epoch: 3 }))
      .then(rejection('epoch-not-next'), rejection('epoch-not-next'))
      .thenState((state) => expect([state.epoch, state.ownerNonce]).toEqual([1, 'a']));
  });

  it('is not for a claimant who does not know the rules in force', () => {
    givenLog(given.born({ rules: 2 }))
      .when(given.claimed())
      .then(rejection('rules-unknown'));
  });

  it('heeds an owner only in its epoch', () => {
    givenPartition(given.singleRequested(), given.claimed({ epoch: 2, nonce: 'next' }))
      .when(
        given.workersSeen({}),
        given.dispatched(single),
        given.recalled(single),
        given.workerLost(),
        given.timersFired(),
        given.dispatched(single, { epoch: 3 }),
        given.dispatched(single, { epoch: 2 }),
      )
      .then(...Array.from({ length: 6 }, () => rejection('epoch-over')), transition(single, 'queued', 'dispatched'));
  });

  it('tells the versions that it has pinned', () => {
    const flow = given.workflow({ a: [] });
    const { state } = givenPartition(given.pinned(flow));
    expect(pinnedVersions(state)).toEqual([given.pinned(flow).version]);
  });
});

describe('a frame', () => {
  const cancel = [given.cancelled(), given.cancelled()];

  it('that comes again is a duplicate with all its entries, and one with a lower seq too', () => {
    const entries = given.dispatchedAll([1, 2].map(() => ({ ...single, attempt: 1, worker: given.w1, to: 0 })));
    givenPartition()
      .whenFrames(frame(2, cancel), frame(2, cancel), frame(1, [entries, bad]))
      .then(
        rejection('run-unknown'),
        rejection('run-unknown'),
        rejection('duplicate-frame'),
        rejection('duplicate-frame'),
        rejection('duplicate-frame', 0),
        rejection('duplicate-frame', 1),
        quarantine('bad-field', 1),
      );
  });

  it('may leave a gap in seq', () => {
    givenPartition()
      .whenFrames(frame(2, cancel[0]!), frame(9, cancel[0]!), frame(3, cancel[0]!))
      .then(rejection('run-unknown'), rejection('run-unknown'), rejection('duplicate-frame'));
  });

  it('of one writer says nothing about the seq of another', () => {
    givenPartition()
      .whenFrames(frame(5, cancel[0]!), frame(1, cancel[0]!, { by: 'third' }))
      .then(rejection('run-unknown'), rejection('run-unknown'));
  });

  it('comes from a writer who is remembered for 24 h of partition time, and not much longer', () => {
    const at = (elapsedMs: number) => ({ now: epochStart + elapsedMs });
    givenPartition()
      .whenFrames(frame(5, cancel[0]!))
      .after(dayMs - 1)
      .whenFrames(frame(5, cancel[0]!, at(dayMs - 1)))
      .then(rejection('duplicate-frame'))
      .after(60 * 60 * 1_000 + 1)
      .whenFrames(frame(5, cancel[0]!, at(dayMs + 60 * 60 * 1_000)))
      .then(rejection('run-unknown'))
      .thenState(({ writers }) => expect([...writers.all()].map(({ by }) => by)).toEqual(['other']));
  });

  it('loses its bad items to quarantine and nothing else', () => {
    givenPartition()
      .whenFrames(frame(1, [bad, given.singleRequested(), bad]))
      .then(quarantine('bad-field', 0), transition(single, 'pending', 'queued'), quarantine('bad-field', 2));
  });

  it('that cannot be read moves no time and no writer', () => {
    const { state } = givenPartition()
      .after(1_000)
      .whenFrames({ by: '', seq: 0, now: 0, items: [bad] });
    expect(state.time).toBe(epochStart);
    expect(state.writers.size).toBe(1);
  });
});

describe('partition time', () => {
  const fold = (state: PartitionState, at: number, now: number): number => {
    foldFrame(state, { by: 'w', seq: state.position + 1, now, items: [bad] }, state.position, at, silent);
    return state.time;
  };

  it('needs both clocks for a leap', () => {
    const state = new PartitionState();
    expect(fold(state, 1_000, 900)).toBe(1_000);
    expect(fold(state, 900_000, 2_000)).toBe(2_000 + writerLeapMsMax);
    expect(fold(state, 100_000, 10_000_000)).toBe(100_000);
  });

  it('never goes back', () => {
    const state = new PartitionState();
    fold(state, 500_000, 500_000);
    expect(fold(state, 1_000, 1_000)).toBe(500_000);
    expect(fold(state, 600_000, 0)).toBe(500_000);
  });
});

it('counts every entry once: accepted, rejected or quarantined', () => {
  const entry = { ...single, attempt: 1, worker: given.w1, to: 0 };
  const { state, facts } = givenPartition(given.singleRequested()).whenFrames(
    frame(1, [
      given.dispatchedAll([entry, entry]),
      bad,
      given.workersSeen({}, {}),
      given.cancelled(),
      given.cancelled(),
    ]),
    frame(1, [given.dispatchedAll([entry, entry]), bad]),
    frame(2, [given.dispatchedAll([])]),
  );
  expect(facts.filter(({ fact }) => fact === 'accepted')).toHaveLength(4);
  expect([state.accepted, state.rejected, state.quarantined]).toEqual([4 + 4, 4, 2]);
});
