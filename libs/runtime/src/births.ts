import { crc32 } from 'node:zlib';
import type { PartitionBorn } from '@millrace/domain';
import { crcHeader, crcText, decodeFrame, encodeFrame, encodeItem, rulesKnown } from '@millrace/protocol';
import type { Clock, OffsetOutOfRange, RecordReader, RecordWriter } from './ports.js';

/** The log is not the one that this process was told of, or is no log of ours. Never goes away by waiting. */
export class LineageFault extends Error {
  override readonly name = 'LineageFault';
  constructor(
    readonly partition: number,
    message: string,
  ) {
    super(message);
  }
}

/** The log ends before what was read of it, or its beginning is gone. */
export function outOfLog(error: OffsetOutOfRange): LineageFault {
  return new LineageFault(
    error.partition,
    `${error.message} The log has lost its end or its beginning: restore it from a copy, then restart.`,
  );
}

/**
 * The birth of a partition, item 0 of its log; undefined while it is empty. Throws `LineageFault` where the first record
 * is something else or has been deleted, and what the reader throws.
 */
export async function readBirth(
  reader: RecordReader,
  topic: string,
  partition: number,
): Promise<PartitionBorn | undefined> {
  const { start, end } = await reader.bounds(topic, partition);
  if (end === 0) return undefined;
  if (start > 0) {
    throw new LineageFault(
      partition,
      `Expected ${topic}/${partition} to begin at offset 0, but it begins at ${start}: records were deleted. ` +
        `The log must have retention.ms=-1 and no compaction; restore it from a copy.`,
    );
  }
  const [fetched] = await reader.fetch([{ topic, partition, offset: 0 }], 5_000);
  const record = fetched?.records[0];
  if (record === undefined) return undefined;
  const item = record.offset === 0 ? decodeFrame(record.value, rulesKnown).items[0] : undefined;
  if (item?.type === 'PartitionBorn' && item.partition === partition) return item;
  const found = item === undefined || item.type === 'unreadable' ? 'nothing that can be read' : item.type;
  throw new LineageFault(
    partition,
    `Expected ${topic}/${partition} to begin with its birth, but found ${found}. ` +
      `Choose another topic prefix (MILLRACE_TOPICS_PREFIX), or remove the foreign records.`,
  );
}

/** Do these births make one log? Throws `LineageFault` for the first that does not. */
export function checkBirths(topic: string, partitions: number, births: readonly PartitionBorn[]): void {
  const first = births[0];
  for (const birth of births) {
    if (birth.partitions !== partitions) {
      throw new LineageFault(
        birth.partition,
        `Expected ${topic} to have the ${birth.partitions} partitions that it was born with, but it has ${partitions}. ` +
          `The partition count is fixed at birth: make a new log under another prefix.`,
      );
    }
    if (birth.cluster !== first?.cluster) {
      throw new LineageFault(
        birth.partition,
        `Expected all partitions of ${topic} to be born in cluster ${first?.cluster}, but ${birth.partition} was born in ${birth.cluster}.`,
      );
    }
    if (birth.nonce !== first.nonce) {
      throw new LineageFault(
        birth.partition,
        `Expected all partitions of ${topic} to be born together with nonce ${first.nonce}, but ${birth.partition} has ${birth.nonce}: ` +
          `partitions of two logs are mixed. Restore them from one copy.`,
      );
    }
  }
}

export interface BirthOptions {
  readonly reader: RecordReader;
  readonly writer: RecordWriter;
  readonly topic: string;
  readonly partitions: number;
  readonly cluster: string;
  readonly clock: Clock;
  /** 32 hex digits of chance; called where no partition is born yet. */
  readonly nonce: () => string;
}

/**
 * Gives every partition that is empty its birth and leaves the others alone; tolerates being run twice, also at the same
 * time: the first birth in the log counts, and all others carry its nonce, which is the id of this log. Gives all births.
 * Throws `LineageFault` before it writes anything to a log that is another's.
 */
export async function ensureBorn(options: BirthOptions): Promise<PartitionBorn[]> {
  const { reader, topic, partitions, cluster } = options;
  const births: (PartitionBorn | undefined)[] = [];
  for (let partition = 0; partition < partitions; partition++) births.push(await readBirth(reader, topic, partition));
  checkBirths(topic, partitions, births.filter(isBorn));
  for (let partition = 0; partition < partitions; partition++) {
    if (births[partition] !== undefined) continue;
    const first = births.find(isBorn);
    if (first !== undefined && first.cluster !== cluster) {
      throw new LineageFault(
        partition,
        `Expected to finish ${topic} in the cluster where it was begun, but it was born in cluster ${first.cluster} and this is ${cluster}.`,
      );
    }
    births[partition] = await bear(options, partition, first?.nonce ?? options.nonce());
  }
  const all = births.filter(isBorn);
  checkBirths(topic, partitions, all);
  return all;
}

/** Gives the birth that counts: ours, or that of somebody who was first. */
async function bear(options: BirthOptions, partition: number, nonce: string): Promise<PartitionBorn | undefined> {
  const { reader, writer, topic, partitions, cluster, clock } = options;
  const born: PartitionBorn = { type: 'PartitionBorn', cluster, nonce, partition, partitions, rules: rulesKnown };
  const value = Buffer.from(encodeFrame(`births-${nonce}`, 1, clock.now(), [encodeItem(born)]));
  await writer.append(topic, partition, [{ value, headers: { [crcHeader]: crcText(crc32(value)) } }]);
  return readBirth(reader, topic, partition);
}

function isBorn(birth: PartitionBorn | undefined): birth is PartitionBorn {
  return birth !== undefined;
}
