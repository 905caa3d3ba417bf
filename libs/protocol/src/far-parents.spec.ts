import { expect, it } from 'vitest';
import { areFarParents, packFarParents, unpackFarParents, type FarParent } from './far-parents.js';

const parent = (task: number, offset: number, index = 0): FarParent => ({
  id: `t${task}`,
  task,
  offset,
  index,
  bytes: 9,
});

it('gives references back in the order in which the log is read', () => {
  const [first, second, third] = [parent(2, 10, 1), parent(0, 10, 4), parent(1, 12)];
  const packed = packFarParents([third, second, first]);
  expect(packed.offsets).toEqual([10, 0, 2]);
  expect(unpackFarParents(packed)).toEqual([first, second, third]);
  expect(areFarParents(packed)).toBe(true);
});

it.each([
  ['null', null],
  ['nothing in it', packFarParents([])],
  ['a column that is missing', { ...packFarParents([parent(0, 1)]), bytes: undefined }],
  ['columns of several lengths', { ...packFarParents([parent(0, 1)]), indices: [1, 2] }],
  ['a negative distance', { ...packFarParents([parent(0, 1)]), offsets: [-1] }],
  ['an id that is none', { ...packFarParents([parent(0, 1)]), ids: [7] }],
])('is no list of references: %s', (_title, value) => {
  expect(areFarParents(value)).toBe(false);
});

it('needs under 30 bytes for a reference beside its id, so that 10,000 parents fit into one delivery', () => {
  const parents = Array.from({ length: 10_000 }, (_, task) => ({ id: `p${task}`, task, offset: 1_000_000 + task, index: 0, bytes: 131_072 })); // prettier-ignore
  expect(JSON.stringify(packFarParents(parents)).length).toBeLessThan(300_000);
});
