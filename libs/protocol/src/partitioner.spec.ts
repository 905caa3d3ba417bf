import { expect, it } from 'vitest';
import { partitionOfKey } from './partitioner.js';

it('sends a key where it always went', () => {
  const keys = ['', 'order-17', 'order-18', 'é', '💧', '["a","b"]', 'x'.repeat(200)];
  expect(keys.map((key) => partitionOfKey('default', key, 65_536))).toEqual([
    2880, 24156, 32542, 4267, 63974, 31901, 30812,
  ]);
  expect(partitionOfKey('another', 'order-17', 65_536)).not.toBe(partitionOfKey('default', 'order-17', 65_536));
});

it('spreads keys that count up evenly', () => {
  for (const partitions of [3, 8, 64]) {
    const counts = new Array<number>(partitions).fill(0);
    for (let key = 0; key < partitions * 1_000; key++) counts[partitionOfKey('default', String(key), partitions)]! += 1;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  }
});
