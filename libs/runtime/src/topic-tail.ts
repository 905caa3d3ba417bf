import { Rounds } from './rounds.js';
import { OffsetOutOfRange, type Clock, type Journal, type LogRecord, type RecordReader } from './ports.js';

export interface TopicTailOptions {
  /** Its own; `stop` closes it. */
  readonly reader: RecordReader;
  readonly topic: string;
  /** Default 0. */
  readonly partition?: number;
  /** Where reading begins: at the start, or this many records before the end. */
  readonly from: 'start' | { readonly lastRecords: number };
  readonly clock: Clock;
  readonly journal: Journal;
  /** `isLive`: the end was reached before, so the record has just been written. */
  onRecord(record: LogRecord, isLive: boolean): void;
  /** After each read, also of nothing: does the tail stand at the end? After a failed one it does not. */
  onRead?(atEnd: boolean): void;
  /** How long a read waits for records. Default 1,000. */
  readonly waitMsMax?: number;
}

const retryMs = 250;

/**
 * Follows one partition of a topic record by record, in order, and waits for a Kafka that is down. A topic whose old records were deleted is
 * read on from where it begins. Start and stop are idempotent.
 */
export class TopicTail {
  readonly #options: TopicTailOptions;
  readonly #waiters = new Set<() => void>();
  #position: number | undefined;
  #isLive = false;
  #loop: Promise<void> | undefined;
  #stopped = false;
  #wake: () => void = () => {};
  readonly rounds: Rounds;
  /** Why the last read failed; undefined while reading works. */
  fault: string | undefined;
  /** The end was reached at least once. */
  caughtUp = false;

  constructor(options: TopicTailOptions) {
    this.#options = options;
    this.rounds = new Rounds(`reading of ${options.topic}`, options.clock);
  }

  /** Next offset; 0 before the first read. */
  get position(): number {
    return this.#position ?? 0;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#options.reader.close();
    await this.#loop;
  }

  /** True as soon as everything below `offset` was read; false after `withinMs`. */
  whenAt(offset: number, withinMs: number): Promise<boolean> {
    if (this.#position !== undefined && this.#position >= offset) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (reached: boolean): void => {
        cancel();
        this.#waiters.delete(look);
        resolve(reached);
      };
      const look = (): void => {
        if ((this.#position ?? -1) >= offset) settle(true);
      };
      const cancel = this.#options.clock.after(withinMs, () => settle(false));
      this.#waiters.add(look);
    });
  }

  async #run(): Promise<void> {
    this.rounds.begin();
    while (!this.#stopped) {
      try {
        await this.#read();
        this.rounds.ended();
        this.fault = undefined;
      } catch (error) {
        if (this.#stopped) return;
        this.rounds.ended(error);
        this.#failed(error);
        await this.#pause();
      }
    }
  }

  async #read(): Promise<void> {
    const { reader, topic, partition = 0, from, waitMsMax = 1_000 } = this.#options;
    if (this.#position === undefined) {
      const { start, end } = await reader.bounds(topic, partition);
      this.#position = from === 'start' ? start : Math.max(start, end - from.lastRecords);
      if (this.#position === end) this.#readTo(true);
    }
    const [fetched] = await reader.fetch([{ topic, partition, offset: this.#position }], waitMsMax);
    for (const record of fetched?.records ?? []) {
      if (record.offset < this.#position) continue;
      // First, so that a record at which the listener stumbles is passed over and not read for ever.
      this.#position = record.offset + 1;
      this.#options.onRecord(record, this.#isLive);
    }
    this.#readTo(fetched === undefined || this.#position >= fetched.endOffset);
  }

  #readTo(atEnd: boolean): void {
    if (this.#stopped) return;
    if (atEnd) this.#isLive = this.caughtUp = true;
    this.#options.onRead?.(atEnd);
    for (const look of [...this.#waiters]) look();
  }

  #failed(error: unknown): void {
    const { topic, journal, onRead } = this.#options;
    if (error instanceof OffsetOutOfRange) this.#position = undefined;
    const sentence = error instanceof Error ? error.message : String(error);
    if (this.fault === undefined) journal.warn({ topic }, sentence);
    this.fault = sentence;
    this.#isLive = false;
    onRead?.(false);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(retryMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
