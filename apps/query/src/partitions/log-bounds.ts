import { TopicMissing, type Clock, type RecordReader } from '@millrace/runtime';

export interface Bounds {
  readonly start: number;
  /** Next offset. */
  readonly end: number;
}

/** Whoever asks within this time gets the same answer. */
const keptMs = 1_000;
/** Kafka has this long; what has not come by then is unknown. */
const answerMsMax = 2_000;
/** Partitions asked for at the same time, and at most. */
const askedAtOnce = 8;
const partitionsMax = 1_024;

/** First and next offset of each log partition, as Kafka says now. */
export class LogBounds {
  #asked: { readonly at: number; readonly answer: Promise<ReadonlyMap<number, Bounds>> } | undefined;

  /** Closes the reader with `close`. */
  constructor(
    private readonly reader: RecordReader,
    private readonly topic: string,
    private readonly clock: Clock,
  ) {}

  /** Never throws: partitions that Kafka does not answer for in time are left out. */
  async all(): Promise<ReadonlyMap<number, Bounds>> {
    const now = this.clock.now();
    if (this.#asked === undefined || now - this.#asked.at > keptMs) this.#asked = { at: now, answer: this.#ask() };
    return this.#asked.answer;
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  async #ask(): Promise<ReadonlyMap<number, Bounds>> {
    const found = new Map<number, Bounds>();
    let isOver = false;
    const asking = (async () => {
      for (let from = 0; from < partitionsMax && !isOver; from += askedAtOnce) {
        const some = Array.from({ length: askedAtOnce }, (_, index) => from + index);
        const ends = await Promise.all(some.map((partition) => this.#boundsOf(partition, found)));
        if (ends.includes('last') || !ends.includes('there')) return;
      }
    })();
    let forget = (): void => {};
    const late = new Promise<void>((resolve) => (forget = this.clock.after(answerMsMax, resolve)));
    await Promise.race([asking, late]);
    isOver = true;
    forget();
    return new Map(found);
  }

  async #boundsOf(partition: number, found: Map<number, Bounds>): Promise<'there' | 'unknown' | 'last'> {
    try {
      found.set(partition, await this.reader.bounds(this.topic, partition));
      return 'there';
    } catch (error) {
      return error instanceof TopicMissing ? 'last' : 'unknown';
    }
  }
}
