import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Json } from '../json.js';

/** Where in its partition's log an event stands that holds a payload, and how long that payload is as JSON. */
export interface EventAddress {
  readonly offset: number;
  /** Place in the frame's items. */
  readonly index: number;
  /** Of the payload. */
  readonly bytes: number;
}

/** Length of a payload as JSON in UTF-8. */
export function jsonBytes(payload: Json): number {
  return utf8ToBytes(JSON.stringify(payload)).length;
}

/** Is it longer than `bytesMax` as JSON in UTF-8? Looks at the bytes only where the text alone does not tell. */
export function isLongerThan(payload: Json, bytesMax: number): boolean {
  const text = JSON.stringify(payload);
  if (text.length > bytesMax) return true;
  return text.length * 3 > bytesMax && utf8ToBytes(text).length > bytesMax;
}
