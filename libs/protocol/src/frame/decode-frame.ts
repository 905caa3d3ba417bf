import type { Frame, Item, Unreadable } from '@millrace/domain';
import { decodeItem } from './decode-item.js';
import { iJsonFaults, maySinAgainstIJson, type IJsonFault } from './i-json.js';
import { shown } from './shown.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A frame that cannot be read is one quarantined item. */
export function unreadableFrame(cause: string, detail: string): Frame {
  return { by: '', seq: 0, now: 0, items: [{ type: 'unreadable', cause, detail }] };
}

/**
 * The total decoder of the log, a part of the rules: any bytes give a frame. An unreadable frame gives one unreadable
 * item; a bad item of a readable frame is unreadable by itself and costs its neighbours nothing.
 */
export function decodeFrame(value: Uint8Array | undefined, rules: number): Frame {
  if (value === undefined) return unreadableFrame('no-value', 'The record has no value.');
  let text: string;
  let parsed: unknown;
  try {
    text = utf8.decode(value);
    parsed = JSON.parse(text);
  } catch {
    return unreadableFrame('not-json', 'The value is not JSON in UTF-8.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return unreadableFrame('not-a-frame', 'The value is not an object.');
  }
  const { v, by, seq, now, items, ...unknown } = parsed as Record<string, unknown>;
  if (v !== 1) return unreadableFrame('frame-version', `v is ${shown(v)}, known is 1.`);
  if (typeof by !== 'string' || by === '' || by.length > 128) return unreadableFrame('frame-by', 'by is no writer.');
  if (!isCount(seq) || seq < 1) return unreadableFrame('frame-seq', `seq is ${shown(seq)}.`);
  if (!isCount(now)) return unreadableFrame('frame-now', `now is ${shown(now)}.`);
  if (!Array.isArray(items) || items.length === 0) return unreadableFrame('frame-items', 'The frame has no items.');
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) return unreadableFrame('frame-field', `${shown(extra)} is no field of a frame.`);
  const faults = maySinAgainstIJson(text) ? iJsonFaults(text) : undefined;
  const fault = faults?.get(-1);
  if (fault !== undefined) return unreadableFrame(fault, 'The frame is not I-JSON outside its items.');
  return { by, seq, now, items: items.map((item, index) => judged(item, faults?.get(index), rules)) };
}

function judged(item: unknown, fault: IJsonFault | undefined, rules: number): Item {
  if (fault === undefined) return decodeItem(item, rules);
  return { type: 'unreadable', cause: fault, detail: 'The item is not I-JSON.' } satisfies Unreadable;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
