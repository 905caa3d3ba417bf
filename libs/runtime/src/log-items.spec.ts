import { born, runNamed, singleRequested } from '@millrace/domain/testing';
import { beforeEach, expect, it } from 'vitest';
import { LogItems } from './log-items.js';
import { LogUnavailable } from './ports.js';
import { frameRecord, logOfTopics, topics } from './testing/dispatch-given-owner.js';
import { InMemoryRecordReader, ManualClock, type InMemoryLog } from './testing/index.js';

let log: InMemoryLog;
let items: LogItems;
const request = (number: number) => singleRequested({}, { run: runNamed(number), input: number });
const at = (offset: number, index: number) => ({ offset, index, bytes: 1 });

beforeEach(async () => {
  const clock = new ManualClock();
  log = logOfTopics(clock);
  items = new LogItems(new InMemoryRecordReader(log), topics.log);
  const frames = [[born()], [request(1), request(2)], [request(3)], [request(4), request(5), request(6)]];
  for (const [seq, frame] of frames.entries()) await log.append(topics.log, 0, [frameRecord('w', seq + 1, 0, frame)]);
});

it('gives the item at each address, in whatever order they are asked for, also while another call is under way', async () => {
  const asked = [at(3, 2), at(1, 0), at(3, 0), at(1, 1)];
  const [one, other] = await Promise.all([items.read(0, asked), items.read(0, [at(2, 0)])]);
  expect(asked.map((address) => one.get(address))).toEqual([request(6), request(1), request(4), request(2)]);
  expect([...other.values()]).toEqual([request(3)]);
});

it('says so when the record is not there or not whole, and serves the next call', async () => {
  const { value } = frameRecord('w', 9, 0, [request(7)]);
  await log.append(topics.log, 0, [{ value, headers: { crc32: '00000000' } }]);
  await expect(items.read(0, [at(4, 0)])).rejects.toThrow(LogUnavailable);
  expect((await items.read(0, [at(1, 0)])).size).toBe(1);
});
