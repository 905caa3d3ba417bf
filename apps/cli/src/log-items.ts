import type { Item } from '@millrace/domain';
import { decodeFrame, rulesKnown } from '@millrace/protocol';
import type { LogRecord } from '@millrace/runtime';

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

/** The items of a record of the log, as the fold would see them. */
export function logItemsOf(partition: number, { offset, at, value }: LogRecord): LogItem[] {
  const { by, seq, items } = decodeFrame(value, rulesKnown);
  return items.map((item, index) => ({
    address: `${partition}:${offset}:${index}`,
    at: new Date(at).toISOString(),
    by,
    seq,
    item,
  }));
}

/** Does an item name this run, at any depth? */
export function namesRun({ item }: LogItem, run: string): boolean {
  return JSON.stringify(item).includes(`"${run}"`);
}
