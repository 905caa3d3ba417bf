import type { Item } from '@millrace/domain';
import type { LogRecord } from '@millrace/runtime';
import { frameOf } from './frame-of-record.js';

/** One item of the log with its address. */
export interface LogItem {
  /** `partition:offset:index`. */
  readonly address: string;
  /** RFC 3339: when the broker appended it. */
  readonly at: string;
  /** The writer incarnation; empty for a frame that cannot be read. */
  readonly by: string;
  readonly seq: number;
  readonly item: Item;
}

/** The items of a record of the log, as the fold would see them: a damaged one is one unreadable item (`crc-mismatch`). */
export function logItemsOf(partition: number, record: LogRecord): LogItem[] {
  const { by, seq, items } = frameOf(record);
  return items.map((item, index) => ({
    address: `${partition}:${record.offset}:${index}`,
    at: new Date(record.at).toISOString(),
    by,
    seq,
    item,
  }));
}

/** Does an item name this run, at any depth? */
export function namesRun({ item }: LogItem, run: string): boolean {
  return JSON.stringify(item).includes(`"${run}"`);
}
