import type { Instant } from '@millrace/domain';
import { OffsetOutOfRange, type LogRecord, type OutgoingRecord } from '../ports.js';

const recordsPerFetchMax = 1_000;

/** One partition's records and who waits for the next one. */
export class InMemoryPartition {
  readonly records: LogRecord[] = [];
  private readonly waiting = new Set<() => void>();
  private firstOffset = 0;
  private nextOffset = 0;
  private leaderEpoch = 0;

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  get start(): number {
    return this.firstOffset;
  }

  get end(): number {
    return this.nextOffset;
  }

  /** Appends and returns the offset of the first record. */
  append(at: Instant, outgoing: readonly OutgoingRecord[]): number {
    const offset = this.nextOffset;
    for (const { value, headers } of outgoing) this.push(at, value, crcOf(headers?.crc32), othersOf(headers));
    this.wake();
    return offset;
  }

  /** A transaction marker or a tombstone of somebody else: a record without value. */
  appendValueless(at: Instant): number {
    const offset = this.push(at, undefined, undefined);
    this.wake();
    return offset;
  }

  /** Leaves a hole, as a compacted or transactional log would. */
  skip(offsets: number): void {
    this.nextOffset += offsets;
  }

  /** Deletes everything below `offset`, as retention would. */
  trim(offset: number): void {
    this.firstOffset = Math.min(offset, this.nextOffset);
    while (this.records[0] !== undefined && this.records[0].offset < this.firstOffset) this.records.shift();
  }

  /** Another leader takes over, one that has only the records below `end`. */
  elect(end = this.nextOffset): void {
    this.leaderEpoch += 1;
    this.nextOffset = end;
    while (this.records.at(-1) !== undefined && this.records.at(-1)!.offset >= end) this.records.pop();
  }

  /** Throws `OffsetOutOfRange`. */
  from(offset: number): LogRecord[] {
    if (offset < this.firstOffset || offset > this.nextOffset) {
      throw new OffsetOutOfRange(this.topic, this.partition, offset);
    }
    const index = this.indexOf(offset);
    return this.records.slice(index, index + recordsPerFetchMax);
  }

  /** Calls once for each append until the returned function is called. */
  onAppend(listener: () => void): () => void {
    this.waiting.add(listener);
    return () => void this.waiting.delete(listener);
  }

  /** Of the first record at or above `offset`, which stand in the order of their offsets. */
  private indexOf(offset: number): number {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.records[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private push(
    at: Instant,
    value: Uint8Array | undefined,
    crc: number | undefined,
    headers?: LogRecord['headers'],
  ): number {
    const record = { offset: this.nextOffset, at, value, crc, leaderEpoch: this.leaderEpoch };
    this.records.push(headers === undefined ? record : { ...record, headers });
    return this.nextOffset++;
  }

  private wake(): void {
    for (const listener of [...this.waiting]) listener();
  }
}

/** The `crc32` header as number: eight lower-case hex digits, else undefined. */
function crcOf(header: string | undefined): number | undefined {
  return header !== undefined && /^[0-9a-f]{8}$/.test(header) ? Number.parseInt(header, 16) : undefined;
}

function othersOf({ crc32: _, ...headers }: OutgoingRecord['headers'] & object = {}): LogRecord['headers'] {
  const others = Object.entries(headers);
  if (others.length === 0) return undefined;
  return new Map(others.map(([name, text]) => [name, new TextEncoder().encode(text)]));
}
