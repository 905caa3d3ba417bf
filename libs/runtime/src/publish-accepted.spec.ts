import { foldFrame, PartitionState, silent, type Attempt, type Event } from '@millrace/domain';
import {
  born,
  claimed,
  dispatched,
  finished,
  requested,
  run1,
  runNamed,
  single,
  singleRequested,
  started,
  taskOf,
  workersSeen,
  workflow,
} from '@millrace/domain/testing';
import { unpackFarParents, type Delivery } from '@millrace/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogItems, type ItemsOfLog } from './log-items.js';
import { publishAgainMs } from './housekeeping.js';
import { DispatchTally } from './metrics/dispatch-tally.js';
import { PublishAccepted, topicGoneMs } from './publish-accepted.js';
import { logOfTopics, publishedTo, topics } from './testing/dispatch-given-owner.js';
import { InMemoryRecordReader, ManualClock, quietJournal, type InMemoryLog } from './testing/index.js';

let clock: ManualClock;
let log: InMemoryLog;
let publish: PublishAccepted;
/** What this process has not read of the heartbeats yet. */
let heardBehindMs: number;

beforeEach(() => {
  clock = new ManualClock();
  log = logOfTopics(clock);
  heardBehindMs = 0;
  const heardUntil = () => clock.now() - heardBehindMs;
  const items = new LogItems(new InMemoryRecordReader(log), topics.log);
  publish = new PublishAccepted({
    writer: log,
    topics,
    clock,
    journal: quietJournal(),
    heardUntil,
    partition: 0,
    items,
    tally: new DispatchTally(),
  });
});

function stateAfter(...items: readonly Event[]): PartitionState {
  const state = new PartitionState();
  const all = [born(), claimed(), workersSeen({}), ...items];
  foldFrame(state, { by: 'test', seq: 1, now: clock.now(), items: all }, 0, clock.now(), silent);
  return state;
}
const attemptOf = (state: PartitionState, run = run1, task = 0): Attempt => state.runs.get(run)!.inFlight.get(task)!;
const oneAttempt = () => attemptOf(stateAfter(singleRequested(), dispatched(single)));

describe('PublishAccepted', () => {
  it('sends the tasks of one decision un-marked, in one record per task partition', async () => {
    const second = { run: runNamed(2), task: 0 };
    const state = stateAfter(
      singleRequested(),
      singleRequested({}, { run: second.run }),
      dispatched(single),
      dispatched(second),
    );
    publish.accepted(attemptOf(state));
    publish.accepted(attemptOf(state, second.run));
    publish.flush(1, clock.now(), clock.uptimeMs());
    await clock.run(1);
    expect(publishedTo(log).map(({ tasks, again }) => [tasks.length, again])).toEqual([[2, undefined]]);
  });

  it('sends nothing twice by itself', async () => {
    publish.accepted(oneAttempt());
    publish.flush(1, clock.now(), clock.uptimeMs());
    publish.flush(1, clock.now(), clock.uptimeMs());
    await clock.run(1);
    expect(publishedTo(log)).toHaveLength(1);
  });

  it('marks every later copy', async () => {
    const attempt = oneAttempt();
    publish.accepted(attempt);
    publish.flush(1, clock.now(), clock.uptimeMs());
    publish.unlistedMs(attempt);
    await clock.run(2_000, 100);
    publish.publishAgain(1, clock.now(), [attempt]);
    await clock.run(1);
    expect(publishedTo(log).map(({ again }) => again)).toEqual([undefined, true]);
  });

  it('sends no marked copy within 2 s of the decision', async () => {
    const attempt = oneAttempt();
    publish.accepted(attempt);
    publish.flush(1, clock.now(), clock.uptimeMs());
    publish.unlistedMs(attempt);
    await clock.run(1_900, 100);
    publish.publishAgain(1, clock.now(), [attempt]);
    await clock.run(1);
    expect(publishedTo(log)).toHaveLength(1);
  });

  it('sends what failed to be published again, marked, once 2 s are over', async () => {
    const attempt = oneAttempt();
    log.nextAppends(['lost']);
    publish.accepted(attempt);
    publish.flush(1, clock.now(), clock.uptimeMs());
    await clock.run(10);
    expect(publish.unlistedMs(attempt)).toBe(Infinity);
    publish.publishAgain(1, clock.now(), [attempt]);
    expect(publishedTo(log)).toEqual([]);
    await clock.run(2_000, 100);
    publish.publishAgain(1, clock.now(), [attempt]);
    await clock.run(1);
    expect(publishedTo(log).map(({ again, tasks }) => [again, tasks[0]!.attempt])).toEqual([[true, 1]]);
  });

  it('tries a copy that failed again after 2 s, not at once', async () => {
    const attempt = oneAttempt();
    publish.listed(attempt);
    await clock.run(2_000, 100);
    log.nextAppends(['lost']);
    publish.publishAgain(1, clock.now(), [attempt]);
    await clock.run(10);
    expect(publish.unlistedMs(attempt)).toBeLessThan(publishAgainMs);
    await clock.run(2_000, 100);
    expect(publish.unlistedMs(attempt)).toBeGreaterThanOrEqual(publishAgainMs);
  });

  it('takes what was started before its publish failed for arrived, also a copy', async () => {
    const attempt = attemptOf(stateAfter(singleRequested(), dispatched(single), started(single)));
    publish.listed(attempt);
    log.nextAppends(['unacknowledged', 'unacknowledged']);
    publish.accepted(attempt);
    publish.flush(1, clock.now(), clock.uptimeMs());
    await clock.run(2_000, 100);
    expect(publish.unlistedMs(attempt)).toBe(2_000);
    publish.publishAgain(1, clock.now(), [attempt]);
    await clock.run(10);
    expect(publish.unlistedMs(attempt)).toBe(10);
  });

  /** A join behind parents with these results; its dispatch is folded. */
  function joinOf(names: readonly string[], result: string): Attempt {
    const definition = workflow({ ...Object.fromEntries(names.map((name) => [name, []])), join: [...names] });
    const parents = names.map((name) => taskOf(definition, name));
    const outcome = { kind: 'succeeded', result } as const;
    return attemptOf(
      stateAfter(
        ...requested(definition),
        ...parents.flatMap((parent) => [dispatched(parent), finished(parent, { outcome })]),
        dispatched(taskOf(definition, 'join')),
      ),
      run1,
      names.length,
    );
  }
  const given = async (join: Attempt): Promise<Delivery | undefined> => {
    publish.accepted(join);
    publish.flush(1, clock.now(), clock.uptimeMs());
    await clock.run(1);
    return publishedTo(log)[0]?.tasks[0];
  };
  const names = (count: number, width = 1) => Array.from({ length: count }, (_, at) => `${at}`.padStart(width, 'p'));

  it('carries small results of many parents by reference where they are over 128 KiB together', async () => {
    const { parents, farParents } = (await given(joinOf(names(40), 'x'.repeat(4_000))))!;
    expect(parents).toEqual({});
    expect(unpackFarParents(farParents!).map(({ id, task, bytes }) => [id, task, bytes])).toEqual(
      names(40).map((id, task) => [id, task, 4_002]),
    );
  });

  it('carries results inline up to 128 KiB, however many parents they are of', async () => {
    const { parents, farParents } = (await given(joinOf(names(32), 'x'.repeat(4_094))))!;
    expect([Object.keys(parents!).length, farParents]).toEqual([32, undefined]);
  });

  it('keeps apart what can never be published because references to its parents are over 512 KiB', async () => {
    const join = joinOf(names(4_000, 120), 'x'.repeat(1_000));
    expect(await given(join)).toBeUndefined();
    expect([...publish.unpublishable]).toEqual([[join, 'input-too-large']]);
  });

  it('keeps apart what can never be published because the topics of its queue have been gone for 30 s', async () => {
    const attempt = attemptOf(stateAfter(singleRequested({ queue: 'gone' }), dispatched(single)));
    publish.accepted(attempt);
    publish.flush(1, clock.now(), clock.uptimeMs());
    await clock.run(10);
    for (let passedMs = 0; passedMs < topicGoneMs; passedMs += 5_000) {
      await clock.run(5_000, 1_000);
      expect(publish.unpublishable.size).toBe(0);
      publish.publishAgain(1, clock.now(), [attempt]);
    }
    await clock.run(10);
    expect([...publish.unpublishable]).toEqual([[attempt, 'queue-gone']]);
  });

  it.each([
    [400, undefined],
    [600, true],
  ])('sends what is read 1.5 s later, %i ms after its decision was sent, with again: %o', async (passedMs, again) => {
    const asked = singleRequested({}, { input: 'far'.repeat(100) });
    const items: ItemsOfLog = {
      read: async (_partition, addresses) => {
        await new Promise<void>((resolve) => clock.after(1_500, resolve));
        return new Map(addresses.map((address) => [address, asked]));
      },
    };
    const slow = new PublishAccepted({
      ...{ writer: log, topics, clock, journal: quietJournal(), tally: new DispatchTally() },
      ...{ heardUntil: () => clock.now(), partition: 0, items },
    });
    const attempt = attemptOf(stateAfter(asked, dispatched(single)));
    slow.accepted(attempt);
    slow.flush(1, clock.now(), clock.uptimeMs() - passedMs);
    await clock.run(2_100);
    expect(publishedTo(log)).toHaveLength(again === true ? 0 : 1);
    await clock.run(2_000);
    if (again === true) slow.publishAgain(1, clock.now(), [attempt]);
    await clock.run(1_600);
    expect(publishedTo(log).map((record) => record.again)).toEqual([again]);
  });

  it('gives the input of the request that was accepted, whatever another of the same frame says of that run', async () => {
    const input = 'first'.repeat(100);
    const items = [born(), claimed(), workersSeen({}), singleRequested({}, { input })];
    const frame = {
      by: 'test',
      seq: 1,
      now: clock.now(),
      items: [...items, singleRequested({}, { input: 'x'.repeat(500) })],
    };
    const state = new PartitionState();
    foldFrame(state, frame, 0, clock.now(), silent);
    publish.heard(state, frame);
    foldFrame(state, { by: 'test', seq: 2, now: clock.now(), items: [dispatched(single)] }, 1, clock.now(), silent);
    publish.accepted(attemptOf(state));
    publish.flush(1, clock.now(), clock.uptimeMs());
    await clock.run(1);
    expect(publishedTo(log).map(({ tasks }) => tasks[0]!.input)).toEqual([input]);
  });

  it('counts nothing as unlisted for the time in which it was frozen and read no heartbeats', () => {
    const attempt = oneAttempt();
    publish.listed(attempt);
    clock.advance(15_000);
    heardBehindMs = 15_000;
    expect(publish.unlistedMs(attempt)).toBe(0);
    heardBehindMs = 3_000;
    expect(publish.unlistedMs(attempt)).toBe(12_000);
  });

  it('counts from when it heard of an attempt, also where it is behind with the heartbeats', () => {
    const attempt = oneAttempt();
    heardBehindMs = 15_000;
    publish.listed(attempt);
    heardBehindMs = 0;
    clock.advance(500);
    expect(publish.unlistedMs(attempt)).toBe(500);
  });

  it('forgets what is over', () => {
    const attempt = oneAttempt();
    publish.listed(attempt);
    clock.advance(5_000);
    publish.sweep(() => true);
    expect(publish.unlistedMs(attempt)).toBe(0);
  });
});
