import { crc32 } from 'node:zlib';
import type { Frame } from '@millrace/domain';
import { decodeFrame, unreadableFrame } from '@millrace/protocol';
import type { RecordFolded } from './observation.js';

/** The frame of a record: read by protocol's decoder, or one unreadable item where the CRC32 is not that of its header. */
export function decodedFrame({ frame, value, crc }: RecordFolded, rules: number): Frame {
  if (frame !== undefined) return frame;
  if (value !== undefined && crc32(value) !== crc) {
    return unreadableFrame('crc-mismatch', 'The CRC32 of the value is not the one in its header, or there is none.');
  }
  return decodeFrame(value, rules);
}
