import type { Event, Instant } from '@millrace/domain';

/** Name of the header that holds the CRC32 of a frame's value, as eight lower-case hex digits. */
export const crcHeader = 'crc32';

export function crcText(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** One item as JSON text, ready to be put into a frame. */
export function encodeItem(item: Event): string {
  return JSON.stringify(item);
}

/**
 * A frame as JSON text: one writer's items for one partition. The same arguments give the same text, so a retry sends
 * identical bytes. `items` are texts of `encodeItem`.
 */
export function encodeFrame(by: string, seq: number, now: Instant, items: readonly string[]): string {
  return `{"v":1,"by":${JSON.stringify(by)},"seq":${seq},"now":${now},"items":[${items.join(',')}]}`;
}
