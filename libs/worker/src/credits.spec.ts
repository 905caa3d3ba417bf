import { expect, it } from 'vitest';
import { creditsByPartition } from './credits.js';
import { RunTimes } from './run-times.js';

const options = { slots: 100, logPartitions: 8, creditsMax: 512, medianMs: undefined, turn: 0 };
const sum = (credits: readonly number[]) => credits.reduce((total, credit) => total + credit, 0);

it('spreads the slots over the log partitions, odd ones in turns', () => {
  expect(creditsByPartition(options)).toEqual([13, 13, 13, 13, 12, 12, 12, 12]);
  expect(creditsByPartition({ ...options, turn: 2 })).toEqual([13, 13, 12, 12, 12, 12, 13, 13]);
});

it('grants at least one for each partition', () => {
  expect(creditsByPartition({ ...options, slots: 3 })).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
});

it('grants no more than its slots where tasks take a second or their time is not known', () => {
  expect(sum(creditsByPartition({ ...options, medianMs: 1_000 }))).toBe(100);
  expect(sum(creditsByPartition({ ...options, medianMs: undefined }))).toBe(100);
});

it('grants what the slots work off in half a second where tasks are short, up to the bound', () => {
  expect(sum(creditsByPartition({ ...options, medianMs: 50 }))).toBe(100 + 1_000);
  expect(creditsByPartition({ ...options, medianMs: 0 })).toEqual(new Array(8).fill(512));
});

it('grants no more in all than one heartbeat can list', () => {
  expect(sum(creditsByPartition({ ...options, logPartitions: 64, medianMs: 0 }))).toBe(4_096);
});

it('knows no median of fewer than eight run times, and forgets the oldest after 64', () => {
  const times = new RunTimes();
  for (let run = 0; run < 7; run++) times.add(5_000);
  expect(times.medianMs()).toBeUndefined();
  times.add(5_000);
  expect(times.medianMs()).toBe(5_000);
  for (let run = 0; run < 33; run++) times.add(10);
  expect(times.medianMs()).toBe(10);
});
