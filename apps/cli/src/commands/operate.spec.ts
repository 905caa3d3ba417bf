import type { PartitionView } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { partitionCells } from './partition.js';
import { rulesPage } from './rules.js';

const at = '2026-11-25T00:00:00.000Z';
const known: PartitionView = {
  partition: 3,
  log: { start: '0', end: '42' },
  owner: {
    ...{ dispatcher: 'dispatcher-1', epoch: 7, offset: '40', entries: '90', rejected: '4', quarantined: '1' },
    ...{ waiting: 12, keys: 5, rules: 1, heardAt: at },
  },
  projection: { offset: '30', entries: '70', accepted: '66', rejected: '3', quarantined: '1', at },
  projector: { id: 'projector-1', offset: '30', heardAt: at },
  lag: { owner: '2', projection: '12' },
  halted: [],
};
const unknown: PartitionView = {
  ...{ partition: 4, log: null, owner: null, projection: null, projector: null },
  ...{ lag: { owner: null, projection: null }, halted: [] },
};

it('writes a partition as one row, and - for what nobody says', () => {
  expect(partitionCells(known).join(' ')).toBe('3 0..42 dispatcher-1 7 40 2 30 12 66 3 1 12 5 owned');
  expect(partitionCells(unknown).join(' ')).toBe('4 - - - - - - - - - - - - no owner');
  expect(partitionCells({ ...unknown, halted: [{ service: 'd', fault: 'x' }] }).at(-1)).toBe('halted');
});

it('writes rules by the partitions under them, services, and the verdict', () => {
  const services = [{ id: 'd', kind: 'dispatcher', knows: 2, heardAt: at }];
  const partitions = [0, 1, 2].map((partition) => ({ partition, rules: partition === 2 ? 2 : 1 }));
  const page = rulesPage({ partitions, services, advanceTo: 2, detail: 'A sentence.', stale: false, readAt: at });
  expect(page.join('\n').split('\n')).toEqual([
    ...['RULES  PARTITIONS', '1      0, 1', '2      2', ''],
    ...['SERVICE  KIND        KNOWS', 'd        dispatcher  1 to 2', '', 'A sentence.'],
  ]);
  expect(
    rulesPage({ partitions: [], services: [], advanceTo: null, detail: 'None.', stale: true, readAt: null }),
  ).toEqual(['None.']);
});
