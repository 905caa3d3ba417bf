import { decodeFrame } from '@millrace/protocol';
import { findGap } from './find-gap.js';
import { KnownGaps } from './known-gaps.js';
import type { RecordReader } from './ports.js';

/** The gaps of a partition that were accepted, found by reading all of it: what a reader finds out when it halts. */
export async function gapsOf(reader: RecordReader, topic: string, partition: number): Promise<KnownGaps> {
  const gaps = new KnownGaps();
  const { start, end } = await reader.bounds(topic, partition);
  for (let offset = start; offset < end;) {
    const [fetched] = await reader.fetch([{ topic, partition, offset }], 5_000);
    if (fetched === undefined) break;
    for (const record of fetched.records) {
      offset = record.offset + 1;
      for (const item of decodeFrame(record.value, 1).items) {
        if (item.type !== 'GapAccepted') continue;
        const { from, to } = item;
        const found = await findGap(reader, topic, partition, from);
        gaps.note(partition, { from, to }, found?.to === to ? 'lost' : 'there');
      }
    }
  }
  return gaps;
}
