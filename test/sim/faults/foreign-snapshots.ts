import { createHash } from 'node:crypto';
import { runIdOf, silent } from '@millrace/domain';
import { born, singleRequested } from '@millrace/domain/testing';
import { encodeFrame, encodeItem } from '@millrace/protocol';
import { PartitionFold, takeSnapshot } from '@millrace/runtime';
import { InMemoryPartition } from '@millrace/runtime/testing';
import type { ServiceWorld } from '../services/service-world.ts';
import { logPartitions, topics } from '../world/brokers.ts';
import { whole } from './foreign-records.ts';

/** Records of the other log below its snapshot, at most. */
const recordsMax = 4;

/** The newest snapshot of a partition is one of the same partition of another log, whole and true of that. */
export async function storeForeign(world: ServiceWorld, partition: number): Promise<void> {
  const { brokers, scheduler } = world;
  const { header, chunks } = takeSnapshot(
    foldOfAnother(world, partition),
    scheduler.chance.pick(['state', 'projection']),
  );
  const { snapshots, manifests } = topics;
  const offsets: number[] = [];
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const value of chunks) {
    sha256.update(value);
    bytes += value.length;
    offsets.push(brokers.log.partition(snapshots, partition).append(brokers.nowMs, [{ value }]));
  }
  const manifest = { v: 1, ...header, chunks: offsets, bytes, sha256: sha256.digest('hex') };
  const value = new TextEncoder().encode(JSON.stringify(manifest));
  brokers.log.partition(manifests, partition).append(brokers.nowMs, [{ value }]);
}

/** It stands where the log of this world has records too. */
function foldOfAnother({ brokers, scheduler }: ServiceWorld, partition: number): PartitionFold {
  const { chance } = scheduler;
  const log = new InMemoryPartition('another', partition);
  const count = chance.between(1, Math.min(recordsMax, brokers.log.partition(topics.log, partition).end));
  const items = [born({ cluster: 'another', nonce: chance.hex(32), partition, partitions: logPartitions })];
  for (let seq = 1; seq <= count; seq++) {
    const item = items.shift() ?? singleRequested({}, { run: runIdOf(partition, chance.hex(32)) });
    log.append(brokers.nowMs, [whole(encodeFrame('another', seq, brokers.nowMs, [encodeItem(item)]))]);
  }
  const fold = new PartitionFold(partition);
  for (const record of log.records) fold.take(record, silent);
  return fold;
}
