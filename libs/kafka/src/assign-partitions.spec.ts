import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignPartitions, type GroupMember } from './assign-partitions.js';

const fresh = (id: string): GroupMember => ({ id, held: [], heldIn: 0 });
const members = fc.uniqueArray(
  fc.record({ id: fc.uuid(), held: fc.array(fc.nat(20), { maxLength: 12 }), heldIn: fc.nat(3) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 7 },
);

it('deals every partition out once and evenly, whatever members say', () => {
  fc.assert(
    fc.property(fc.nat(20), members, (partitions, group) => {
      const dealt = [...assignPartitions(partitions, group).values()];
      expect(dealt.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, each) => each));
      const counts = dealt.map(({ length }) => length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});

it('does not depend on the order of the members', () => {
  fc.assert(
    fc.property(fc.nat(20), members, (partitions, group) => {
      expect(assignPartitions(partitions, [...group].reverse())).toEqual(assignPartitions(partitions, group));
    }),
  );
});

it('lets everybody keep what evenness allows when a member comes', () => {
  const before = { id: 'a', held: [0, 1, 2, 3], heldIn: 4 };
  expect(assignPartitions(4, [before, fresh('b')])).toEqual(
    new Map([
      ['a', [0, 1]],
      ['b', [2, 3]],
    ]),
  );
});

it('believes the later generation where two members name the same partition', () => {
  const stale = { id: 'a', held: [0, 1], heldIn: 2 };
  const current = { id: 'b', held: [0, 1], heldIn: 3 };
  expect(assignPartitions(4, [stale, current]).get('b')).toEqual([0, 1]);
});
