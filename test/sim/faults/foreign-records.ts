import { crc32 } from 'node:zlib';
import { born, cancelled } from '@millrace/domain/testing';
import { crcHeader, crcText, encodeFrame, encodeItem } from '@millrace/protocol';
import type { OutgoingRecord } from '@millrace/runtime';
import type { ServiceWorld } from '../services/service-world.ts';
import { newerRules } from '../services/deploy.ts';
import { logPartitions, topics } from '../world/brokers.ts';
import type { Client } from '../workload/client.ts';

const gapMax = 5;
const acceptedMsMax = 5_000;

/** What lands in the log and is nobody's, or of a later version; and offsets that are lost until an operator accepts it. */
export function strikeRecords(world: ServiceWorld, client: Client): void {
  const { faults, wounded, brokers, scheduler } = world;
  const any = (): number => scheduler.chance.below(logPartitions);
  if (!brokers.isDown && faults.strikes('foreign-record', 0.05)) landForeign(world, any());
  if (wounded.partitions.length === 0 && faults.strikes('gap', 0.004)) loseOffsets(world, client, any());
}

/** One partition is under rules that nobody here knows. */
export function bearNewer({ brokers, chance, wounded, scheduler }: ServiceWorld): void {
  const partition = chance.below(logPartitions);
  const rules = newerRules + 1;
  const log = brokers.log.partition(topics.log, partition);
  const birth = born({ cluster: 'sim', nonce: chance.hex(32), partition, partitions: logPartitions, rules });
  wounded.wound('newer-rules', log, scheduler.nowMs, () => undefined);
  log.append(brokers.nowMs, [whole(encodeFrame('births-later', 1, brokers.nowMs, [encodeItem(birth)]))]);
  wounded.landed(log);
}

function landForeign(world: ServiceWorld, partition: number): void {
  world.brokers.append(topics.log, partition, [foreign(world, partition)]);
}

function foreign({ brokers, chance }: ServiceWorld, partition: number): OutgoingRecord {
  const frame = (...items: string[]): string => encodeFrame(`later-${chance.hex(8)}`, 1, brokers.nowMs, items);
  const text = chance.pick([
    'no frame at all',
    frame(encodeItem(cancelled())).replace('"v":1', '"v":2'),
    frame('{"type":"TaskMoved","run":"x"}', encodeItem(cancelled())),
    frame(encodeItem(cancelled()).replace('{', '{"since":2,')),
    frame('{"type":"RulesAdvanced","rules":2}'),
  ]);
  const drawn = chance.below(4);
  if (drawn === 0) return { value: new TextEncoder().encode(text), headers: { [crcHeader]: '00000000' } };
  const { records } = brokers.log.partition(topics.log, partition);
  const again = drawn === 1 && records.length > 0 ? chance.pick(records).value : undefined;
  return whole(again ?? text);
}

/** A record with the CRC32 that it has to have. */
export function whole(content: string | Uint8Array): OutgoingRecord {
  const value = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { value, headers: { [crcHeader]: crcText(crc32(value)) } };
}

function loseOffsets({ brokers, scheduler, gapped }: ServiceWorld, client: Client, partition: number): void {
  const log = brokers.log.partition(topics.log, partition);
  const from = log.end;
  if (log.records.at(-1)?.offset !== from - 1) return;
  log.skip(scheduler.chance.between(1, gapMax));
  gapped(partition, from, log.end);
  const to = log.end;
  scheduler.after(scheduler.chance.between(500, acceptedMsMax), undefined, 'an operator accepts the gap', () =>
    client.acceptGap(partition, from, to),
  );
}
