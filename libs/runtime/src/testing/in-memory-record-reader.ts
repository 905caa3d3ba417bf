import type { Fetched, Position, RecordReader } from '../ports.js';
import type { InMemoryLog } from './in-memory-log.js';

/** A reader of an `InMemoryLog`: its long poll ends when a record arrives or when the log's clock has moved on enough. */
export class InMemoryRecordReader implements RecordReader {
  private closed = false;
  private endPoll: () => void = () => undefined;

  constructor(private readonly log: InMemoryLog) {}

  async fetch(positions: readonly Position[], waitMsMax: number): Promise<Fetched[]> {
    const found = this.read(positions);
    if (found.length > 0 || waitMsMax <= 0 || this.closed) return found;
    await this.arrival(positions, waitMsMax);
    return this.closed ? [] : this.read(positions);
  }

  async bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    const { start, end } = this.log.partition(topic, partition);
    return { start, end };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.endPoll();
  }

  private read(positions: readonly Position[]): Fetched[] {
    return positions.flatMap(({ topic, partition, offset }) => {
      const from = this.log.partition(topic, partition);
      const records = from.from(offset);
      return records.length > 0 ? [{ topic, partition, records, endOffset: from.end }] : [];
    });
  }

  private arrival(positions: readonly Position[], waitMsMax: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        for (const undo of undos) undo();
        resolve();
      };
      const undos = [
        this.log.clock.after(waitMsMax, finish),
        this.log.whenDown(finish),
        ...positions.map(({ topic, partition }) => this.log.partition(topic, partition).onAppend(finish)),
      ];
      this.endPoll = finish;
    });
  }
}
