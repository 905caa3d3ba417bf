import type { OutgoingRecord } from '@millrace/runtime';

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly OutgoingRecord[];
}

/** Room for a record's own fields beside key, value and headers. */
const recordBytes = 32;

/**
 * A produce request carries one batch per partition, and a batch must fit into `max.message.bytes`: gives the requests to
 * send one after another, each with at most one batch per partition of at most `bytesMax`. A record that is larger is alone
 * in its batch, for the broker to refuse. Order within a partition is kept.
 */
export function splitBatches(batches: readonly Batch[], bytesMax: number): Batch[][] {
  const requests: Batch[][] = [];
  for (const same of Map.groupBy(batches, ({ topic, partition }) => `${topic}/${partition}`).values()) {
    const { topic, partition } = same[0]!;
    let request = 0;
    let bytes = 0;
    let records: OutgoingRecord[] = [];
    const close = (): void => void (requests[request++] ??= []).push({ topic, partition, records });
    for (const record of same.flatMap((batch) => batch.records)) {
      const size = sizeOf(record);
      if (records.length > 0 && bytes + size > bytesMax) {
        close();
        records = [];
        bytes = 0;
      }
      records.push(record);
      bytes += size;
    }
    if (records.length > 0) close();
  }
  return requests;
}

function sizeOf({ key = '', value, headers = {} }: OutgoingRecord): number {
  let bytes = recordBytes + key.length * 3 + value.byteLength;
  for (const [name, text] of Object.entries(headers)) bytes += (name.length + text.length) * 3 + 4;
  return bytes;
}
