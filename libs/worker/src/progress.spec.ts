import { expect, it } from 'vitest';
import { PartitionProgress } from './progress.js';

it('moves past a record when all its tasks and all records before it are settled', () => {
  const moves: number[] = [];
  const progress = new PartitionProgress((nextOffset) => moves.push(nextOffset));
  const [first, second, third] = [progress.open(4, 2), progress.open(6, 1), progress.open(9, 1)];
  second.settle();
  first.settle();
  expect(moves).toEqual([]);
  first.settle();
  third.settle();
  expect(moves).toEqual([7, 10]);
});

it('never moves back for a record that is read again', () => {
  const moves: number[] = [];
  const progress = new PartitionProgress((nextOffset) => moves.push(nextOffset));
  progress.open(8, 1).settle();
  progress.open(5, 1).settle();
  progress.open(9, 0);
  expect(moves).toEqual([9, 10]);
});
