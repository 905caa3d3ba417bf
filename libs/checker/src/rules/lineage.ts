import { crc32 } from 'node:zlib';
import { Recent } from '../recent.js';
import type { RuleMaker } from '../rule.js';

/** Records whose bytes are remembered. */
const recordsMax = 4_096;

/** I8: a partition begins with its one birth, and what stands at an offset never changes. */
export const lineage: RuleMaker = () => {
  const hashes = new Recent<number, number>(recordsMax);
  return {
    rule: 'I8',
    record({ offset, value, frame }) {
      if (value === undefined && frame !== undefined) return undefined;
      const hash = value === undefined ? 0 : crc32(value);
      const before = hashes.get(offset);
      if (before === undefined) hashes.set(offset, hash);
      if (before === undefined || before === hash) return undefined;
      return `Expected offset ${offset} to stay what it was, but its bytes have the CRC32 ${hash} and had ${before}.`;
    },
    entry({ item, verdict }, { birth, partition }) {
      if (verdict.kind !== 'accepted') return undefined;
      if (item.type !== 'PartitionBorn')
        return birth === undefined ? `Expected the birth first, but ${item.type} was accepted before it.` : undefined;
      if (birth !== undefined) return 'Expected one birth, but a second one was accepted.';
      return item.partition === partition
        ? undefined
        : `Expected the birth of partition ${partition}, but that of ${item.partition} was accepted.`;
    },
  };
};
