import { foldFrame, PartitionState, silent, type Event, type Frame } from '@millrace/domain';
import { born, claimed, keyed, runNamed, singleRequested, workflow, workflowRequested } from '@millrace/domain/testing';
import type { RequestVerdicts } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { RequestAnswers } from './request-answers.js';
import { frameRecord, GivenOwner, topics } from './testing/dispatch-given-owner.js';
import { endedKeysMax } from '@millrace/domain';
import { KeyAlarm } from './key-alarm.js';
import { quietJournal } from './testing/index.js';

const request = (run: number, key?: string, body?: string) =>
  singleRequested({}, { run: runNamed(run), ...(key === undefined ? {} : keyed(key, body)) });

/** Folds frames of one ingest and gives what it is told. */
function given() {
  const answers = new RequestAnswers();
  const state = new PartitionState();
  const sink = { ...silent, rejected: (item: never, _entry: number, reason: never) => answers.rejected(item, reason) };
  const fold = (frame: Frame): RequestVerdicts | undefined => {
    foldFrame(state, frame, state.position, 0, sink);
    return answers.answer(state, frame);
  };
  fold({ by: 'owner', seq: 1, now: 0, items: [born(), claimed()] });
  const told = (seq: number, items: readonly Event[], by = 'ingest-1') => fold({ by, seq, now: 0, items });
  return { told, state };
}

it('tells the ingest that wrote a frame what became of each request that asks', () => {
  const { told } = given();
  const unknown = { ...workflowRequested(workflow({ a: [] }), { run: runNamed(7) }), ...keyed('other') };
  const items = [request(1, 'k'), request(2), request(3, 'k'), request(4, 'k', 'other body'), unknown];
  const all = [...items, { ...request(5), asksVerdict: true }];
  expect(told(1, all, 'ingest-1~3')).toEqual({
    v: 1,
    kind: 'requests',
    to: 'ingest-1',
    verdicts: [
      { run: runNamed(1), outcome: 'new' },
      { run: runNamed(3), outcome: 'known', first: runNamed(1) },
      { run: runNamed(4), outcome: 'conflict', first: runNamed(1) },
      { run: runNamed(7), outcome: 'rejected', reason: 'workflow-unknown' },
      { run: runNamed(5), outcome: 'new' },
    ],
  });
  expect(told(2, [request(6)])).toBeUndefined();
});

it('answers a frame that is sent again as its first copy', () => {
  const { told } = given();
  const items = [request(1, 'k'), request(2, 'k')];
  const first = told(1, items);
  expect(told(1, items)).toEqual(first);
  expect(told(1, [{ ...request(9), asksVerdict: true }])).toBeUndefined();
});

it('is asked by what the owner folds, not by what it recovers', async () => {
  const system = await new GivenOwner().begun();
  const append = (seq: number, event: Event) =>
    system.log.append(topics.log, 0, [frameRecord('ingest-1', seq, system.clock.now(), [event])]);
  await append(1, request(1, 'k'));
  const owner = system.owner();
  await system.pass(owner, 200);
  expect([owner.phase, system.told]).toEqual(['owning', []]);
  await append(2, request(2, 'k'));
  await system.read(owner);
  await system.pass(owner, 200);
  const verdicts = [{ run: runNamed(2), outcome: 'known', first: runNamed(1) }];
  expect(system.told).toEqual([{ v: 1, kind: 'requests', to: 'ingest-1', verdicts }]);
  expect(owner.owned?.keys).toBe(1);
});

it('an alarm says once a minute that keys were forgotten before their day was over', () => {
  const { told, state } = given();
  told(1, [request(1, 'k')]);
  const lines: string[] = [];
  const alarm = new KeyAlarm({ ...quietJournal(), warn: (_fields, line) => void lines.push(line) });
  alarm.look(0, state, 0);
  expect(lines).toEqual([]);
  state.keys.restore(3, []);
  alarm.look(0, state, 1);
  state.keys.restore(5, []);
  alarm.look(0, state, 60_000);
  alarm.look(0, state, 60_001);
  alarm.look(0, state, 200_000);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain(String(endedKeysMax));
});
