import type { LogRecord } from '@millrace/runtime';
import { frameOf } from './frame-of-record.js';

/** An item of the log that is no event, with its bytes. */
export interface QuarantinedItem {
  /** `partition:offset:index`. */
  readonly address: string;
  /** RFC 3339: when the broker appended its record. */
  readonly at: string;
  readonly cause: string;
  readonly detail: string;
  /** Of the item where its frame can be read, else of the whole record. */
  readonly bytes: number;
  readonly whole: 'item' | 'record';
  /** The first bytes as they are, for whoever reads JSON. */
  readonly base64: string;
}

/**
 * The item at this place of a record, or undefined where it is an event or there is none. The first `bytesMax` bytes are
 * kept.
 */
export function quarantinedItem(
  partition: number,
  index: number,
  record: LogRecord,
  bytesMax: number,
): QuarantinedItem | undefined {
  const value = record.value ?? new Uint8Array(0);
  const frame = frameOf(record);
  const item = frame.items[index];
  if (item?.type !== 'unreadable') return undefined;
  const isReadable = frame.seq > 0;
  const bytes = isReadable ? itemBytes(value, index) : value;
  return {
    address: `${partition}:${record.offset}:${index}`,
    at: new Date(record.at).toISOString(),
    cause: item.cause,
    detail: item.detail,
    bytes: bytes.length,
    whole: isReadable ? 'item' : 'record',
    base64: Buffer.from(bytes.subarray(0, bytesMax)).toString('base64'),
  };
}

/** An item of a readable frame as JSON, written anew. */
function itemBytes(value: Uint8Array, index: number): Uint8Array {
  const { items } = JSON.parse(new TextDecoder().decode(value)) as { readonly items: readonly unknown[] };
  return new TextEncoder().encode(JSON.stringify(items[index]));
}

/** Bytes as lines of 16: offset, hexadecimal, and what of it is printable ASCII. */
export function hexLines(bytes: Uint8Array): string[] {
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, line) => {
    const part = bytes.subarray(line * 16, line * 16 + 16);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    return `${(line * 16).toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`;
  });
}
