import { crc32 } from 'node:zlib';
import type { Frame } from '@millrace/domain';
import { decodeFrame, rulesKnown, unreadableFrame } from '@millrace/protocol';
import type { LogRecord } from '@millrace/runtime';

const damaged = unreadableFrame(
  'crc-mismatch',
  'The CRC32 of the value is not the one in its header, or there is none.',
);

/** Are these the bytes that somebody wrote, as far as their CRC32 tells? A record without a value is. */
export function isWhole({ value, crc }: LogRecord): boolean {
  return value === undefined || crc === crc32(value);
}

/** The frame of a record of the log as a fold sees it: of a damaged one, one unreadable item. Total. */
export function frameOf(record: LogRecord): Frame {
  return isWhole(record) ? decodeFrame(record.value, rulesKnown) : damaged;
}
