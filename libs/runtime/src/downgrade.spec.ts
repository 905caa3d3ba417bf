import { crc32 } from 'node:zlib';
import { silent } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import { decodeFrame, encodeFrame, encodeItem } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { LineageFault } from './births.js';
import { PartitionFold } from './partition-fold.js';
import type { LogRecord } from './ports.js';

/** What this code makes of what a later version wrote, after the deploy of that was taken back. */
const sink = silent;
function recordOf(offset: number, text: string): LogRecord {
  const value = Buffer.from(text);
  return { offset, at: given.epochStart, value, crc: crc32(value), leaderEpoch: 0 };
}
const frame = (seq: number, ...items: string[]): string => encodeFrame('later', seq, given.epochStart, items);
const later = [
  '{"type":"TaskMoved","run":"x"}',
  encodeItem(given.cancelled()).replace('{', '{"since":2,'),
  encodeItem({ ...given.returned(given.single), reason: 'new-reason' as 'draining' }),
];

it('reads a log under its own rules as the later version reads it: what was born with later rules is quarantined, by name', () => {
  const fold = new PartitionFold(0);
  fold.take(recordOf(0, frame(1, encodeItem(given.born()))), sink);
  fold.take(recordOf(1, frame(2, ...later, encodeItem(given.claimed()))), sink);
  const told = decodeFrame(Buffer.from(frame(1, ...later)), 1).items;
  expect(told.map((item) => item.type === 'unreadable' && `${item.cause}: ${item.detail}`)).toEqual([
    'unknown-kind: "TaskMoved" is no event of rules 1.',
    'bad-field: since is unknown',
    expect.stringMatching(/^bad-field: reason is none of /),
  ]);
  const { accepted, rejected, quarantined: count, epoch } = fold.state;
  expect({ accepted, rejected, count, epoch }).toEqual({ accepted: 2, rejected: 0, count: 3, epoch: 1 });
});

it('halts where the later version has raised the rules, by bytes that never change', () => {
  const fold = new PartitionFold(0);
  fold.take(recordOf(0, frame(1, encodeItem(given.born()))), sink);
  const raised = frame(2, '{"type":"RulesAdvanced","rules":2,"command":"rules-1"}');
  expect(() => fold.take(recordOf(1, raised), sink)).toThrow(LineageFault);
  const later = new PartitionFold(0, undefined, undefined, 2);
  later.take(recordOf(0, frame(1, encodeItem(given.born()))), sink);
  later.take(recordOf(1, raised), sink);
  expect([later.state.rules, later.state.accepted]).toEqual([2, 2]);
});

it('quarantines frames of another form whole, and goes on behind them', () => {
  const fold = new PartitionFold(0);
  fold.take(recordOf(0, frame(1, encodeItem(given.born()))), sink);
  const another = frame(2, encodeItem(given.claimed())).replace('"v":1', '"v":2');
  fold.take(recordOf(1, another), sink);
  fold.take(recordOf(2, frame(3, encodeItem(given.claimed()))), sink);
  const [item] = decodeFrame(Buffer.from(another), 1).items;
  expect(item).toMatchObject({ cause: 'frame-version', detail: 'v is 2, known is 1.' });
  expect(fold.state.quarantined).toBe(1);
  expect(fold.state.epoch).toBe(1);
});

it('halts under rules 2 at once, and says what to deploy', () => {
  const fold = new PartitionFold(0);
  const sentence = /Expected rules up to 1, but partition 0 is under rules 2\. Deploy a newer version\./;
  expect(() => fold.take(recordOf(0, frame(1, encodeItem(given.born({ rules: 2 })))), sink)).toThrow(sentence);
  // The contract is not to fold on after it; who does is told again.
  expect(() => fold.take(recordOf(1, frame(2, encodeItem(given.claimed()))), sink)).toThrow(LineageFault);
});
