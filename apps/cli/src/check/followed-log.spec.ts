import { crc32 } from 'node:zlib';
import {
  born,
  claimed,
  dispatched,
  epochStart,
  finished,
  single,
  singleRequested,
  workersSeen,
} from '@millrace/domain/testing';
import { encodeFrame, encodeItem } from '@millrace/protocol';
import type { LogRecord, RecordReader } from '@millrace/runtime';
import { expect, it } from 'vitest';
import { FollowedLog } from './followed-log.js';
import { ViolationMetrics } from './violation-metrics.js';

const items = [born(), claimed(), workersSeen({}), singleRequested(), dispatched(single), finished(single)];
const records = items.map((item, offset): LogRecord => {
  const value = Buffer.from(encodeFrame('writer', offset + 1, epochStart, [encodeItem(item)]));
  return { offset, at: epochStart, value, crc: crc32(value), leaderEpoch: 0 };
});
const readerOf = (log: readonly LogRecord[]): RecordReader => ({
  fetch: async ([{ topic, partition, offset }]) => [
    { topic, partition, endOffset: log.length, records: log.filter((each) => each.offset >= offset) },
  ],
  bounds: async () => ({ start: 0, end: log.length }),
  close: async () => undefined,
}) as RecordReader; // prettier-ignore

it('follows a log as it grows and finds nothing in a right one', async () => {
  const growing = records.slice(0, 4);
  const log = new FollowedLog(readerOf(growing), 'log', [0]);
  expect(await log.step(0)).toEqual([]);
  growing.push(...records.slice(4));
  expect(await log.step(0)).toEqual([]);
  expect([...log.positions]).toEqual([[0, records.length]]);
});

it('says where records are missing, and does not go on', async () => {
  const log = new FollowedLog(readerOf(records.filter(({ offset }) => offset !== 2)), 'log', [0]);
  await log.step(0);
  await expect(async () => {
    for (let step = 0; step < 5; step++) await log.step(0);
  }).rejects.toThrow('Expected offset 2');
});

it('serves what was found by rule and partition', async () => {
  const metrics = new ViolationMetrics();
  metrics.note([{ rule: 'I10', partition: 3, offset: 7, sentence: '' }], new Map([[3, 8]]));
  const port = await metrics.listen(0);
  const text = await (await fetch(`http://localhost:${port}/metrics`)).text();
  metrics.close();
  expect(text).toContain('millrace_invariant_violations_total{rule="I10",partition="3"} 1\n');
  expect(text).toContain('millrace_checker_position{partition="3"} 8\n');
  expect(metrics.total).toBe(1);
});
