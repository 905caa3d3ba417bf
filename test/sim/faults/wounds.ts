import type { InMemoryPartition } from '@millrace/runtime/testing';
import type { ServiceWorld } from '../services/service-world.ts';
import { logPartitions, queues, taskPartitions, topics } from '../world/brokers.ts';
import { bandNamesHighestFirst, controlPartitions } from '@millrace/protocol';

/** Records of the log that are lost with its end. */
const tailMax = 12;
/** Of other topics. */
const sideTailMax = 6;

/** What a log must never suffer, once a world at most; and the same of topics that may suffer it, more often. */
export function strikeWounds(world: ServiceWorld): void {
  const { faults } = world;
  if (faults.strikes('side-tail-lost', 0.04)) cutSide(world);
  if (faults.strikes('side-head-lost', 0.04)) trimSide(world);
  if (world.wounded.partitions.length > 0 || faults.struck.has('gap')) return;
  if (faults.strikes('tail-lost', 0.003)) cutLog(world);
  else if (faults.strikes('head-lost', 0.0015)) trimLog(world);
}

/** Something lands behind every end that was lost: whoever stands above it has something to read. */
export function showWounds({ brokers, wounded }: ServiceWorld): void {
  for (const partition of wounded.partitions)
    brokers.append(topics.log, partition, [{ value: new TextEncoder().encode('seen by everybody') }]);
}

/** Another leader has not got the last records. */
function cutLog({ brokers, scheduler, wounded }: ServiceWorld): void {
  const log = brokers.log.partition(topics.log, scheduler.chance.below(logPartitions));
  const end = Math.max(1, log.end - scheduler.chance.between(1, tailMax));
  wounded.wound('tail-lost', log, scheduler.nowMs, () => log.elect(end));
}

function trimLog({ brokers, scheduler, wounded }: ServiceWorld): void {
  const log = brokers.log.partition(topics.log, scheduler.chance.below(logPartitions));
  const start = scheduler.chance.between(1, log.end);
  wounded.wound('head-lost', log, scheduler.nowMs, () => log.trim(start));
}

function cutSide(world: ServiceWorld): void {
  const log = anySide(world);
  log.elect(Math.max(log.start, log.end - world.scheduler.chance.between(1, sideTailMax)));
  world.cut(log);
}

function trimSide(world: ServiceWorld): void {
  const log = anySide(world);
  log.trim(world.scheduler.chance.between(log.start, log.end));
}

function anySide({ brokers, scheduler }: ServiceWorld): InMemoryPartition {
  const { chance } = scheduler;
  const [topic, partitions] = chance.pick([
    [topics.control, controlPartitions],
    [topics.workers, 1],
    [topics.manifests, logPartitions],
    [topics.snapshots, logPartitions],
    [topics.tasks(queues[0], chance.pick(bandNamesHighestFirst)), taskPartitions],
  ] as const);
  return brokers.log.partition(topic, chance.below(partitions));
}
