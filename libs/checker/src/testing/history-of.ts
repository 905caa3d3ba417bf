import { foldFrame, PartitionState, type Event, type Frame, type Instant, type Item } from '@millrace/domain';
import { born, claimed, epochStart, singleRequested, workersSeen } from '@millrace/domain/testing';
import { FactSink } from '../fact-sink.js';
import { LogChecker, type LogCheckerOptions } from '../log-checker.js';
import type { FactSaid, Observation, RecordFolded } from '../observation.js';
import type { RuleMaker } from '../rule.js';
import type { Violation } from '../violation.js';

/** Frames and their append times as the real fold folds them: a right history. */
export function folded(frames: readonly { readonly frame: Frame; readonly at: Instant }[]): RecordFolded[] {
  const state = new PartitionState();
  const sink = new FactSink();
  return frames.map(({ frame, at }, offset) => {
    foldFrame(state, frame, offset, at, sink);
    return { partition: 0, offset, at, value: undefined, crc: undefined, frame, facts: sink.take() };
  });
}

/** Items, one frame each; a number lets so many milliseconds pass. */
export function historyOf(...items: readonly (Item | readonly Item[] | number)[]): RecordFolded[] {
  let now = epochStart;
  const frames: { frame: Frame; at: Instant }[] = [];
  for (const item of items.flat() as (Item | number)[]) {
    if (typeof item === 'number') now += item;
    else frames.push({ frame: { by: 'writer', seq: frames.length + 1, now, items: [item] }, at: now });
  }
  return folded(frames);
}

/** The records, of which the last says something else. */
export function lastSaying(records: readonly RecordFolded[], ...facts: readonly FactSaid[]): RecordFolded[] {
  return [...records.slice(0, -1), { ...records.at(-1)!, facts }];
}

export function violationsIn(records: readonly RecordFolded[], options: LogCheckerOptions = {}): Violation[] {
  const checker = new LogChecker(options);
  return records.flatMap((record) => checker.record(record));
}

/** The records, of which the last holds another item while the fold says of it what it said of the first. */
export function lastBeing(records: readonly RecordFolded[], item: Event): RecordFolded[] {
  const last = records.at(-1)!;
  const facts = last.facts.map((said) => (said.fact === 'accepted' ? { ...said, type: item.type } : said));
  return [...records.slice(0, -1), { ...last, facts, frame: { ...last.frame!, items: [item] } }];
}

/** What only this rule finds in the records, and then in what was seen of the world. */
export function foundBy(rule: RuleMaker, records: readonly RecordFolded[], ...seen: readonly Observation[]): string[] {
  const checker = new LogChecker({ rules: [rule] });
  const found = [
    ...records.flatMap((record) => checker.record(record)),
    ...seen.flatMap((each) => checker.observe(each)),
  ];
  return found.map((violation) => violation.rule);
}

/** A partition that is born and claimed, has seen worker `w1`, and in which one single task is requested. */
export const begun = [born(), claimed(), workersSeen({}), singleRequested()];
