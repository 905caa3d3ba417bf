import type { Clock, Fetched, Position, RecordReader } from '../ports.js';

/** A reader whose process freezes now and then: it then finds everything that came meanwhile in one read. */
export class StallingReader implements RecordReader {
  constructor(
    private readonly reader: RecordReader,
    private readonly clock: Clock,
    /** How long the process freezes after this read; 0 for not at all. */
    private readonly stallMs: () => number,
  ) {}

  async fetch(positions: readonly Position[], waitMsMax: number): Promise<Fetched[]> {
    const found = await this.reader.fetch(positions, waitMsMax);
    const stallMs = this.stallMs();
    if (stallMs === 0) return found;
    await new Promise<void>((resolve) => this.clock.after(stallMs, resolve));
    return this.reader.fetch(positions, 0);
  }

  bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    return this.reader.bounds(topic, partition);
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
