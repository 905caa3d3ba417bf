import { expect, it } from 'vitest';
import { DispatchPartitions } from './dispatch-partitions.js';
import type { PartitionOwner } from './partition-owner.js';
import { GivenOwner } from './testing/dispatch-given-owner.js';

it('makes a new owner for a partition that comes back while its old one has stopped by itself', async () => {
  const given = await new GivenOwner().begun();
  const made: PartitionOwner[] = [];
  const dropped: number[] = [];
  const partitions = new DispatchPartitions({
    ...{ clock: given.clock, journal: given.journal },
    made: () => {
      made.push(given.owner());
      return made.at(-1)!;
    },
    taken: () => undefined,
    claimed: () => undefined,
    halted: () => undefined,
    dropped: (partition) => dropped.push(partition),
  });
  partitions.assign([0]);
  partitions.assign([0]);
  expect(made).toHaveLength(1);
  made[0]!.stop();
  partitions.assign([0]);
  expect(dropped).toEqual([0]);
  expect(made).toHaveLength(2);
  expect(partitions.owners.get(0)).toBe(made[1]);
  expect(made[1]!.phase).toBe('recovering');
});
