/** What a broker says of one partition in an answer to Fetch v11. */
export interface PartitionAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly endOffset: number;
  readonly recordSet: Buffer;
}

/** Decodes Fetch v11 without touching the records, so that every partition's own error code stays visible. */
export function decodeFetchAnswer(raw: Buffer): PartitionAnswer[] {
  const topErrorCode = raw.readInt16BE(4);
  if (topErrorCode !== 0) throw new Error(`Expected an answer to Fetch, but the broker says error ${topErrorCode}.`);
  const answers: PartitionAnswer[] = [];
  let at = 10;
  const int32 = (): number => {
    at += 4;
    return raw.readInt32BE(at - 4);
  };
  for (let topics = int32(); topics > 0; topics--) {
    const nameBytes = raw.readInt16BE(at);
    const topic = raw.toString('utf8', at + 2, at + 2 + nameBytes);
    at += 2 + nameBytes;
    for (let partitions = int32(); partitions > 0; partitions--) {
      const partition = int32();
      const errorCode = raw.readInt16BE(at);
      const endOffset = Number(raw.readBigInt64BE(at + 2));
      at += 2 + 3 * 8;
      const aborted = int32();
      at += Math.max(0, aborted) * 16 + 4;
      const size = Math.max(0, int32());
      answers.push({ topic, partition, errorCode, endOffset, recordSet: raw.subarray(at, at + size) });
      at += size;
    }
  }
  return answers;
}
