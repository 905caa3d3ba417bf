import { expect, it } from 'vitest';
import { foundBy } from '../testing/history-of.js';
import { projectionIsFold, pureFold, snapshotAndTail } from './digests.js';

const fold = { kind: 'digest', partition: 0, offset: 7, of: 'fold', by: 'one', digest: 'a' } as const;

it('passes equal digests of one position, and finds another one by its kind', () => {
  const other = { ...fold, by: 'two', digest: 'b' };
  for (const rule of [pureFold, snapshotAndTail]) expect(foundBy(rule, [], fold, { ...fold, by: 'two' })).toEqual([]);
  expect(foundBy(pureFold, [], fold, other)).toEqual(['I3']);
  expect(foundBy(pureFold, [], fold, { ...other, offset: 8 })).toEqual([]);
  expect(foundBy(snapshotAndTail, [], fold, { ...other, restored: true })).toEqual(['I19']);
  expect(foundBy(projectionIsFold, [], { ...fold, of: 'projection' }, { ...other, of: 'projection' })).toEqual(['I5']);
});
