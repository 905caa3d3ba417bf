import { crc32 } from 'node:zlib';
import type { PartitionState } from '@millrace/domain';
import type { LogRecord, ProjectionPosition } from '../ports.js';
import type { Difference } from './difference.js';

/**
 * Compares what a projection's position says of the log below it with a fold that stands there. Where the bytes were others
 * when the rows were told, the records that are damaged are named first.
 */
export function positionDifferences(
  position: ProjectionPosition,
  state: PartitionState,
  topic: string,
  damaged: readonly LogRecord[],
): Difference[] {
  const { partition, to } = position;
  const wanted = {
    accepted: state.accepted,
    rejected: state.rejected,
    quarantined: state.quarantined,
    at: state.time,
    nonce: state.birth?.nonce ?? '',
    hash: state.hash,
  };
  const differences = (Object.keys(wanted) as (keyof typeof wanted)[]).flatMap((column): Difference[] => {
    if (to === 0 || wanted[column] === position[column]) return [];
    const rule = column === 'hash' || column === 'nonce' ? 'I8' : column === 'at' ? 'I21' : 'I23';
    const values = { wanted: wanted[column], found: position[column] };
    const sentence = `Expected ${column} of partition ${partition} at offset ${to} to be ${values.wanted}, as its log says, but its rows were told by one with ${values.found}.`;
    return [
      {
        rule,
        partition,
        table: 'projection_positions',
        key: String(partition),
        column,
        ...values,
        offset: to - 1,
        sentence,
      },
    ];
  });
  const isOther = differences.some(({ column }) => column === 'hash');
  return isOther ? [...damaged.map((record) => damage(partition, topic, record)), ...differences] : differences;
}

function damage(partition: number, topic: string, { offset, value, crc }: LogRecord): Difference {
  const values = { wanted: crc ?? null, found: crc32(value!) };
  const sentence = `Expected the value at ${topic}/${partition}/${offset} to have the CRC32 ${values.wanted ?? 'of its header, which is missing'}, but it has ${values.found}: the record is damaged.`;
  return {
    rule: 'I8',
    partition,
    table: topic,
    key: `${partition}/${offset}`,
    column: 'value',
    ...values,
    offset,
    sentence,
  };
}
