import { foldFrame, PartitionState, silent, type Event, type Frame, type Item, type Rejection } from '@millrace/domain';
import {
  born,
  cancelled,
  claimed,
  paused,
  prioritized,
  resumed,
  runNamed,
  singleRequested,
} from '@millrace/domain/testing';
import type { CommandVerdicts } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { CommandAnswers } from './command-answers.js';
import { frameRecord, GivenOwner, topics } from './testing/dispatch-given-owner.js';

const asksVerdict = true;
const run = runNamed(1);

/** Folds frames of one ingest, after one that made run 1, and gives what it is told. */
function given() {
  const answers = new CommandAnswers();
  const state = new PartitionState();
  const rejected = (item: Item, _entry: number, reason: Rejection): void => answers.rejected(item, reason);
  const fold = (frame: Frame): CommandVerdicts | undefined => {
    foldFrame(state, frame, state.position, 0, { ...silent, rejected });
    return answers.answer(frame);
  };
  fold({ by: 'owner', seq: 1, now: 0, items: [born(), claimed(), singleRequested({}, { run })] });
  return (seq: number, items: readonly Event[], by = 'ingest-1') => fold({ by, seq, now: 0, items });
}

it('tells the ingest that wrote a frame what became of each command that asks', () => {
  const told = given();
  const items = [
    paused({ run, command: 'c1', asksVerdict }),
    paused({ run, command: 'c2', asksVerdict }),
    resumed({ run, command: 'c3' }),
    resumed({ run, command: 'c4', asksVerdict }),
    prioritized({ run, command: 'c5', asksVerdict }),
    prioritized({ run, task: 1, command: 'c6', asksVerdict }),
    cancelled({ run, command: 'c7', asksVerdict }),
    cancelled({ run, command: 'c8', asksVerdict }),
  ];
  expect(told(1, items, 'ingest-1~3')).toEqual({
    v: 1,
    kind: 'commands',
    to: 'ingest-1',
    verdicts: [
      { command: 'c1', outcome: 'accepted' },
      { command: 'c2', outcome: 'rejected', reason: 'already-paused' },
      { command: 'c4', outcome: 'rejected', reason: 'not-paused' },
      { command: 'c5', outcome: 'accepted' },
      { command: 'c6', outcome: 'rejected', reason: 'task-unknown' },
      { command: 'c7', outcome: 'accepted' },
      { command: 'c8', outcome: 'rejected', reason: 'run-unknown' },
    ],
  });
  expect(told(2, [cancelled({ run, command: 'c9' })])).toBeUndefined();
});

it('says nothing of a frame that is sent again: its first copy was answered', () => {
  const told = given();
  const items = [cancelled({ run, asksVerdict })];
  expect(told(1, items)?.verdicts).toEqual([{ command: 'cancel-1', outcome: 'accepted' }]);
  expect(told(1, [cancelled({ run, asksVerdict })])).toBeUndefined();
});

it('is asked by what the owner folds, not by what it recovers', async () => {
  const system = await new GivenOwner().begun();
  const append = (seq: number, event: Event) =>
    system.log.append(topics.log, 0, [frameRecord('ingest-1', seq, system.clock.now(), [event])]);
  await append(1, singleRequested({}, { run }));
  await append(2, paused({ run, asksVerdict }));
  const owner = system.owner();
  await system.pass(owner, 200);
  expect([owner.phase, system.told]).toEqual(['owning', []]);
  await append(3, cancelled({ run, asksVerdict }));
  await system.read(owner);
  await system.pass(owner, 200);
  const verdicts = [{ command: 'cancel-1', outcome: 'accepted' }];
  expect(system.told).toEqual([{ v: 1, kind: 'commands', to: 'ingest-1', verdicts }]);
});
